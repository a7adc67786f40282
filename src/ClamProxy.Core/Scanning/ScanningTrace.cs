using System.Diagnostics;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// The span of a scan: null, and next to free, unless somebody listens. The signature's name is not in it: it is a stranger's text.
/// </summary>
internal static class ScanningTrace
{
    public static readonly ActivitySource Source = new("ClamProxy.Scanning");

    /// <summary>
    /// From a content to its verdict: the look for an earlier one, the wait for a turn, the scan and the inspection of archives.
    /// </summary>
    /// <param name="bytes">The length of the content.</param>
    /// <param name="isBackground">Nobody waits for it.</param>
    public static Activity? Scan(long bytes, bool isBackground)
    {
        var span = Source.StartActivity("clamproxy.scan");
        span?.SetTag("clamproxy.size", bytes).SetTag("clamproxy.background", isBackground);
        return span;
    }

    /// <summary>The verdict is recorded by the content.</summary>
    public static Activity? Record() => Source.StartActivity("clamproxy.record");

    public static void Ended(this Activity? span, Verdict verdict, VerdictOrigin origin) =>
        span?.SetTag("clamproxy.verdict", verdict.Tag()).SetTag("clamproxy.origin", Tag(origin));

    private static string Tag(VerdictOrigin origin) => origin switch
    {
        VerdictOrigin.Scanned => "scanned",
        VerdictOrigin.Shared => "shared",
        VerdictOrigin.Known => "known",
        VerdictOrigin.None => "none",
    };
}
