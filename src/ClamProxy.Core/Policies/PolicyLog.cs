using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

internal static partial class PolicyLog
{
    [LoggerMessage(9000, LogLevel.Information, "Read {Path}: exceptions in force: {InForce}, expired: {Expired}")]
    public static partial void ExceptionsRead(this ILogger logger, string path, int inForce, int expired);

    [LoggerMessage(
        9001, LogLevel.Error, "{Path} is invalid: {Problem}. The exceptions read before ({Count}) stay in effect until it is fixed")]
    public static partial void ExceptionsWrong(this ILogger logger, string path, string problem, int count);

    [LoggerMessage(9002, LogLevel.Information, "Read {Path}: blocks in force: {InForce} of {Count}")]
    public static partial void BlocksRead(this ILogger logger, string path, int inForce, int count);

    [LoggerMessage(9003, LogLevel.Error, "{Path} is invalid: {Problem}. The blocks read before ({Count}) stay in effect until it is fixed")]
    public static partial void BlocksWrong(this ILogger logger, string path, string problem, int count);
}
