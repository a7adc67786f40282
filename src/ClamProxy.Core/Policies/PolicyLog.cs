using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

internal static partial class PolicyLog
{
    [LoggerMessage(9000, LogLevel.Information, "Read {Path}: exceptions in force: {InForce}, expired: {Expired}")]
    public static partial void ExceptionsRead(this ILogger logger, string path, int inForce, int expired);

    [LoggerMessage(
        9001, LogLevel.Error, "{Path} is invalid: {Problem}. The exceptions read before ({Count}) stay in effect until it is fixed")]
    public static partial void ExceptionsWrong(this ILogger logger, string path, string problem, int count);

    [LoggerMessage(
        9002,
        LogLevel.Warning,
        "The exception for {What} ended at {Expires:u}: what it let pass is refused again. {Owner} was responsible for it: {Why}")]
    public static partial void ExceptionEnded(this ILogger logger, string what, string owner, string why, DateTimeOffset expires);

    [LoggerMessage(9003, LogLevel.Information, "Read {Path}: blocks in force: {InForce} of {Count}")]
    public static partial void BlocksRead(this ILogger logger, string path, int inForce, int count);

    [LoggerMessage(9004, LogLevel.Error, "{Path} is invalid: {Problem}. The blocks read before ({Count}) stay in effect until it is fixed")]
    public static partial void BlocksWrong(this ILogger logger, string path, string problem, int count);
}
