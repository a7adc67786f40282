using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Unproved;

/// <summary>What the memory of unproved transfers counts. Meter <c>ClamProxy.Unproved</c>.</summary>
public sealed class UnprovedMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _resumes;
    private readonly Counter<long> _held;

    public UnprovedMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ClamProxy.Unproved");
        _resumes = _meter.CreateCounter<long>(
            "clamproxy.unproved.resumes",
            "{request}",
            "Ranges of files of which the client has bytes that were sent before their verdict or are of another file, by result.");
        _held = _meter.CreateCounter<long>(
            "clamproxy.unproved.held",
            "{request}",
            "Requests that were held instead of trickled to, because there was no space to remember them.");
        // Seen from the start: an alert on a counter that was never there does not fire.
        _resumes.Add(0, new KeyValuePair<string, object?>("outcome", "refused"));
        _held.Add(0);
    }

    /// <param name="outcome">same, whole or refused.</param>
    public void Resumed(string outcome) => _resumes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void Held() => _held.Add(1);

    internal void ObserveEntries(Func<int> entries) =>
        _meter.CreateObservableUpDownCounter(
            "clamproxy.unproved.entries",
            entries,
            "{transfer}",
            "Transfers that are remembered because bytes were sent before their verdict.");

    internal void ObserveGiven(Func<int> contents) =>
        _meter.CreateObservableUpDownCounter(
            "clamproxy.unproved.given", contents, "{content}", "Clean contents of which it is remembered that a client was given bytes.");
}
