using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>What the Download folder measures. Tags are status classes and failure tags, never a host.</summary>
public sealed class DownloadMetrics
{
    public const string MeterName = "ClamProxy.Download";

    private readonly Histogram<double> _heads;
    private readonly Histogram<double> _bodies;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _fullShares;

    public DownloadMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _heads = meter.CreateHistogram<double>(
            "clamproxy.download.head.duration", "s", "From the request to upstream's final head, by status class or failure.");
        _bodies = meter.CreateHistogram<double>(
            "clamproxy.download.body.duration", "s", "From the first to the last byte of a body, by ok or failure.");
        _retries = meter.CreateCounter<long>("clamproxy.download.retries", "{attempt}", "Requests sent again after the transport failed.");
        _bytes = meter.CreateCounter<long>("clamproxy.download.received", "By", "Bytes of bodies received from upstreams.");
        _fullShares = meter.CreateCounter<long>(
            "clamproxy.download.shares.refused", "{flight}",
            "Flights refused because one upstream or one client had as many as it may have, by which.");
    }

    internal void HeadReceived(int status, TimeSpan took) => _heads.Record(took.TotalSeconds, Outcome(StatusClass(status)));

    internal void HeadFailed(FailureReason reason, TimeSpan took) => _heads.Record(took.TotalSeconds, Outcome(reason.Facts().Tag));

    internal void Retried() => _retries.Add(1);

    /// <param name="whose">upstream or client.</param>
    internal void ShareRefused(string whose) => _fullShares.Add(1, new KeyValuePair<string, object?>("bound", whose));

    internal void BodyEnded(Failure? failure, long bytes, TimeSpan took)
    {
        _bytes.Add(bytes);
        _bodies.Record(took.TotalSeconds, Outcome(failure?.Reason.Facts().Tag ?? "ok"));
    }

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);

    private static string StatusClass(int status) => status switch
    {
        < 300 => "2xx",
        < 400 => "3xx",
        < 500 => "4xx",
        _ => "5xx",
    };
}
