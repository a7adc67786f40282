using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

internal static partial class PolicyLog
{
    [LoggerMessage(9000, LogLevel.Information, "Read {Path}: exceptions in force: {InForce}, expired: {Expired}")]
    public static partial void ExceptionsRead(this ILogger logger, string path, int inForce, int expired);

    [LoggerMessage(
        9001, LogLevel.Error, "{Path} is invalid: {Problem}. The exceptions read before ({Count}) stay in effect until it is fixed")]
    public static partial void ExceptionsWrong(this ILogger logger, string path, string problem, int count);
}
