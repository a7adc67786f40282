using System.Diagnostics;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>The span of a scan: null, and next to free, unless somebody listens. The signature's name is not in it: it is a stranger's text.</summary>
internal static class ScanningTrace
{
    public static readonly ActivitySource Source = new("ClamProxy.Scanning");

    /// <summary>A scan by an engine, the wait for its turn and the look into archives included.</summary>
    /// <param name="bytes">The length of what is scanned.</param>
    /// <param name="isBackground">Nobody waits for it.</param>
    public static Activity? Scan(long bytes, bool isBackground)
    {
        var span = Source.StartActivity("clamproxy.scan");
        span?.SetTag("clamproxy.size", bytes).SetTag("clamproxy.background", isBackground);
        return span;
    }

    public static void Ended(this Activity? span, ContentRecord? verdict, Failure? failure)
    {
        if (span is null)
        {
            return;
        }

        if (verdict is not null)
        {
            span.SetTag("clamproxy.verdict", verdict.Verdict switch
            {
                Verdict.Clean => "clean",
                Verdict.Infected => "infected",
                Verdict.Unscannable => "unscannable",
                Verdict.None => "none",
            });
        }

        if (failure is not null)
        {
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure.Reason.Facts().Tag);
        }
    }
}
