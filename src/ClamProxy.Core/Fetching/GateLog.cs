using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Fetching;

internal static partial class GateLog
{
    [LoggerMessage(5001, LogLevel.Warning, "Refused {Target}: {Verdict} ({Signature}) by an earlier scan, sha256 {Sha256}")]
    public static partial void RefusedFromMemory(this ILogger logger, string target, Verdict verdict, string? signature, string sha256);

    [LoggerMessage(EventId = 5002, Message = "No answer for {Target}: {Reason}: {Detail}")]
    public static partial void Failed(this ILogger logger, LogLevel level, string target, string reason, string detail, Exception? cause);

    [LoggerMessage(5003, LogLevel.Warning, "Downloading {Target} afresh: {Detail}")]
    public static partial void DownloadRestarted(this ILogger logger, string target, string detail, Exception? cause);

    [LoggerMessage(5004, LogLevel.Warning, "{Target} is not what was found clean before: its old verdict is dropped, and what came is judged by itself")]
    public static partial void ContentChanged(this ILogger logger, string target);

    [LoggerMessage(5011, LogLevel.Information, "{Target} is not kept: its body has no length and ends with its connection, so it cannot be told from one that was cut off")]
    public static partial void NotKept(this ILogger logger, string target);

    [LoggerMessage(5006, LogLevel.Warning, "STORED FILE TURNED OUT BAD: {Verdict} ({Signature}, {Reason}), sha256 {Sha256}: it was called clean, in store since {Since:u} or last used then, and is removed")]
    public static partial void TurnedBad(
        this ILogger logger, Verdict verdict, string? signature, UnscannableReason reason, string sha256, DateTimeOffset since);

    [LoggerMessage(5007, LogLevel.Error, "Scanning stored files again was broken off; the next round tries again")]
    public static partial void RescansBrokenOff(this ILogger logger, Exception cause);

    [LoggerMessage(5008, LogLevel.Error, "Fetching a file ahead failed")]
    public static partial void AheadFailed(this ILogger logger, Exception cause);

    [LoggerMessage(5009, LogLevel.Warning, "PASSED {Target} by policy although it could not be scanned as a whole ({Reason}), sha256 {Sha256}")]
    public static partial void PassedByPolicy(this ILogger logger, string target, UnscannableReason reason, string sha256);

    [LoggerMessage(5010, LogLevel.Warning, "PASSED {Target} by an exception although it is {Verdict} ({Signature}, {Reason}), sha256 {Sha256}: {Owner} answers for it until {Expires:u}: {Why}")]
    public static partial void PassedByException(
        this ILogger logger, string target, Verdict verdict, string? signature, UnscannableReason reason, string sha256, string owner, string why, DateTimeOffset expires);

    [LoggerMessage(5020, LogLevel.Warning, "UPSTREAM FAILS: {Where}: {Reason}: {Detail} Stored answers stand in for it until it answers")]
    public static partial void OutageBegan(this ILogger logger, string where, string reason, string detail, Exception? cause);

    [LoggerMessage(5021, LogLevel.Information, "{Where} answers again, {Seconds:F0} s after it first failed")]
    public static partial void OutageEnded(this ILogger logger, string where, double seconds);

    [LoggerMessage(EventId = 5005, Message = "Broke {Target} off after byte {Sent}: {Detail}")]
    public static partial void BrokenOff(this ILogger logger, LogLevel level, string target, long sent, string detail);
}
