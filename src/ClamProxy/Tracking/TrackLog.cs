namespace ClamProxy.Tracking;

/// <summary>The access log: EventIds 6700 to 6799.</summary>
internal static partial class TrackLog
{
    [LoggerMessage(
        6700,
        LogLevel.Information,
        "client={Client} user={User} door={Door} method={Method} url={Url} status={Status} outcome={Outcome} verdict={Verdict} "
            + "sha256={Sha256} bytes={Bytes} ms={Milliseconds:F1} fetch_ms={FetchMilliseconds:F1} scan_ms={ScanMilliseconds:F1}")]
    public static partial void Answered(
        this ILogger logger,
        string client,
        string user,
        string door,
        string method,
        string url,
        int status,
        string outcome,
        string verdict,
        string sha256,
        long bytes,
        double milliseconds,
        double fetchMilliseconds,
        double scanMilliseconds);
}
