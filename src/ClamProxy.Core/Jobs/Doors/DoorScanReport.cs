using ClamProxy.Core.Scanning;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>The one funnel of scans that are left to workers: what is worth a log line is worth a metric.</summary>
internal sealed class DoorScanReport(DoorScanMetrics metrics, ILogger<DoorScanReport> logger)
{
    /// <param name="answer">Null: no worker answered.</param>
    public void Ended(Job job, ScanResult result, ScanAnswer? answer, TimeSpan total)
    {
        metrics.Ended(job, result, answer, total);
        logger.Ended(
            job.Id, job.Size, job.Priority, total.TotalMilliseconds, answer?.QueueSeconds * 1000, answer?.Worker.Name);
    }

    /// <summary>Queue and object store were asked.</summary>
    public void Reached(string? before, string? problem)
    {
        if (before != problem && problem is not null)
        {
            logger.NotReached(problem);
        }
        else if (before != problem)
        {
            logger.Reached();
        }
    }

    public void NotBelieved(Job job) => logger.NotBelieved(job.Id);

    public void NotTakenBack(Job job, Exception? cause) => logger.NotTakenBack(job.Id, cause);

    public void NotReported(Exception cause) => logger.NotReported(cause);
}
