using System.Globalization;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>The fields that every gated answer carries (contract §3).</summary>
internal static class AnswerFields
{
    public static void Set(HttpResponse response, AnswerTrace trace, int? upstreamStatus)
    {
        response.Headers.Append("Cache-Status", CacheStatus(trace, upstreamStatus));
        response.Headers.Append(
            "Server-Timing",
            $"lookup;dur={Milliseconds(trace.Lookup)}, fetch;dur={Milliseconds(trace.Fetch)}, scan;dur={Milliseconds(trace.Scan)}");
    }

    public static void SetVerdict(HttpResponse response, ContentRecord verdict)
    {
        response.Headers["Scan-Verdict"] = verdict.Verdict.Name() ?? throw new InvalidOperationException("an answer without a verdict");
    }

    /// <summary>The digest of the whole representation (RFC 9530 §3), of which a range is a part.</summary>
    public static void SetDigest(HttpResponse response, string sha256) =>
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";

    /// <summary>
    /// How old a stored answer is, in seconds (RFC 9111 §5.1). More than the largest number that everybody must read (§1.2.2) counts as
    /// that.
    /// </summary>
    public static void SetAge(HttpResponse response, StoredPlace place) => response.Headers.Age =
        Math.Clamp((long)place.Age.TotalSeconds, 0, int.MaxValue).ToString(CultureInfo.InvariantCulture);

    /// <summary>RFC 9211. A hit is an answer from a cached verdict; "collapsed" is a download that others waited for too.</summary>
    private static string CacheStatus(AnswerTrace trace, int? upstreamStatus)
    {
        var status = upstreamStatus is null ? "" : $"; fwd-status={upstreamStatus}";
        var collapsed = trace.IsShared ? "; collapsed" : "";
        var kept = trace is { TimeToLive: { } ttl, Keep: KeepOutcome.Kept } ? $"; stored{TimeToLive(ttl)}" : "";
        var left = trace.TimeToLive is { } time ? TimeToLive(time) : "";
        var notKept = trace.Keep.Detail() is { } detail ? $"; detail={detail}" : "";
        return trace.Cache switch
        {
            CacheOutcome.NotAsked => $"ClamProxy; fwd=bypass{status}{collapsed}",
            CacheOutcome.Method => $"ClamProxy; fwd=method{status}",
            CacheOutcome.Miss => $"ClamProxy; fwd=uri-miss{status}{collapsed}{kept}{notKept}",
            CacheOutcome.Stale => $"ClamProxy; fwd=stale{status}{collapsed}{kept}{notKept}",
            CacheOutcome.ByContent => $"ClamProxy; hit; detail=content-verdict{collapsed}",
            CacheOutcome.ByUrl => "ClamProxy; hit; detail=url-verdict",
            CacheOutcome.Stored => $"ClamProxy; hit{left}; detail=store",
            CacheOutcome.Revalidated => $"ClamProxy; fwd=stale; fwd-status=304{collapsed}; stored{left}",
            CacheOutcome.StaleWhileRevalidate => $"ClamProxy; hit{left}; detail=stale-while-revalidate",
            CacheOutcome.StaleIfError => $"ClamProxy; hit{left}; detail=stale-if-error{collapsed}",
        };
    }

    private static string TimeToLive(TimeSpan time) =>
        $"; ttl={((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture)}";

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);
}
