using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Fetching;

internal static partial class GateLog
{
    [LoggerMessage(5001, LogLevel.Warning, "Refused {Target}: {Verdict} {How}, sha256 {Sha256}")]
    public static partial void Refused(this ILogger logger, string target, string verdict, string how, string sha256);

    [LoggerMessage(EventId = 5002, Message = "No answer for {Target}: {Reason}: {Detail}")]
    public static partial void Failed(this ILogger logger, LogLevel level, string target, string reason, string detail, Exception? cause);

    [LoggerMessage(5003, LogLevel.Warning, "Downloading {Target} again: {Detail}")]
    public static partial void DownloadRestarted(this ILogger logger, string target, string detail);

    [LoggerMessage(
        5004,
        LogLevel.Warning,
        "{Target} has changed since it was found clean: its old verdict is dropped, and the new content needs a verdict of its own")]
    public static partial void ContentChanged(this ILogger logger, string target);

    [LoggerMessage(EventId = 5011, Message = "{Target} is not stored: {Why}")]
    public static partial void NotKept(this ILogger logger, LogLevel level, string target, string why);

    [LoggerMessage(5012, LogLevel.Debug, "The failure of {Where} comes from here")]
    public static partial void FailureTrace(this ILogger logger, string where, Exception cause);

    [LoggerMessage(
        5006,
        LogLevel.Warning,
        "STORED FILE TURNED OUT BAD: {Verdict}, sha256 {Sha256}: it had been scanned as clean, was stored or last "
            + "used at {Since:u}, and is removed")]
    public static partial void TurnedBad(
        this ILogger logger, string verdict, string sha256, DateTimeOffset since);

    [LoggerMessage(5007, LogLevel.Error, "The rescan of stored files was interrupted; the next round repeats it")]
    public static partial void RescansBrokenOff(this ILogger logger, Exception cause);

    [LoggerMessage(5008, LogLevel.Error, "Fetching a file ahead failed")]
    public static partial void AheadFailed(this ILogger logger, Exception cause);

    [LoggerMessage(
        5009, LogLevel.Warning, "PASSED {Target} by policy although it is {Verdict}, sha256 {Sha256}")]
    public static partial void PassedByPolicy(this ILogger logger, string target, string verdict, string sha256);

    [LoggerMessage(
        5010,
        LogLevel.Warning,
        "PASSED {Target} by an exception although it is {Verdict}, sha256 {Sha256}: {Owner} is responsible until "
            + "{Expires:u}: {Why}")]
    public static partial void PassedByException(
        this ILogger logger,
        string target,
        string verdict,
        string sha256,
        string owner,
        string why,
        DateTimeOffset expires);

    [LoggerMessage(5022, LogLevel.Warning, "Refused {Target}: blocked by BLOCKS_FILE: {Why}, sha256 {Sha256}")]
    public static partial void Blocked(this ILogger logger, string target, string? why, string sha256);

    [LoggerMessage(5020, LogLevel.Warning, "UPSTREAM FAILS: {Where}: {Reason}: {Detail} Stored answers are served until it answers again")]
    public static partial void OutageBegan(this ILogger logger, string where, string reason, string detail);

    [LoggerMessage(5021, LogLevel.Information, "{Where} answers again, {Seconds:F0} s after it first failed")]
    public static partial void OutageEnded(this ILogger logger, string where, double seconds);

    [LoggerMessage(EventId = 5005, Message = "Aborted the transfer of {Target} after {Sent} bytes: {Detail}")]
    public static partial void BrokenOff(this ILogger logger, LogLevel level, string target, long sent, string detail);
}
