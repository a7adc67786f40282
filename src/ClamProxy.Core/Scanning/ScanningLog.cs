using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Scanning;

/// <summary>What scans log. EventIds 5000 and 5500-5599: the first is older than this folder.</summary>
internal static partial class ScanningLog
{
    [LoggerMessage(
        EventId = 5000,
        Message = "Scanned {Target}: {Verdict}, {Bytes} bytes, sha256 {Sha256}, {Milliseconds:F1} ms")]
    public static partial void Scanned(
        this ILogger logger, LogLevel level, string target, string verdict, long bytes, string sha256, double milliseconds);

    [LoggerMessage(5500, LogLevel.Information, "Signatures changed ({How}): every content is scanned again before it is delivered")]
    public static partial void SignaturesChanged(this ILogger logger, string how);
}
