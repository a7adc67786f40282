using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Scanning;

/// <summary>The one funnel: what is worth a log line is worth a metric, and neither is written anywhere else.</summary>
internal sealed class ScanningReport(ScanningMetrics metrics, LateDetections late, ILogger<ContentScanner> logger)
{
    /// <summary>
    /// A scanner has given a verdict. Scans in idle time are counted as rescans by who asks for them: their waits say nothing of what
    /// clients wait for.
    /// </summary>
    public void Scanned(ScanSubject subject, long bytes, ContentRecord verdict, TimeSpan duration)
    {
        if (!subject.IsBackground)
        {
            metrics.Scanned(verdict, duration);
        }

        var level = verdict.Verdict != Verdict.Clean ? LogLevel.Warning : subject.IsBackground ? LogLevel.Debug : LogLevel.Information;
        if (logger.IsEnabled(level))
        {
            logger.Scanned(level, subject.Name, verdict.InWords(), bytes, verdict.Sha256, duration.TotalMilliseconds);
        }
    }

    /// <summary>A content has a verdict, by a scan or because it is known: who took it before may have to hear of it.</summary>
    public void Judged(ContentRecord verdict) => late.Seen(verdict);

    /// <summary>Signatures changed, though their number did not.</summary>
    public void SignaturesChanged(string how) => logger.SignaturesChanged(how);

    /// <param name="hasVerdict">Whether another's scan gave the verdict.</param>
    /// <param name="with">Whose: request or process.</param>
    public void Shared(bool hasVerdict, string with)
    {
        if (hasVerdict)
        {
            metrics.Shared(with);
        }
    }
}
