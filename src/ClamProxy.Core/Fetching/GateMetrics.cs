using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>How requests ended, what was known before, and how long the steps took.</summary>
public sealed class GateMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _changes;
    private readonly Counter<long> _trickles;
    private readonly Counter<long> _ahead;
    private readonly Counter<long> _prefetches;
    private readonly Counter<long> _rescans;
    private readonly Counter<long> _releases;
    private readonly Counter<long> _outages;
    private readonly Histogram<double> _fetch;

    public GateMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ClamProxy.Gate");
        _requests = _meter.CreateCounter<long>(
            "clamproxy.gate.requests", "{request}", "Requests by how they ended and what was known before.");
        _restarts = _meter.CreateCounter<long>(
            "clamproxy.gate.download.restarts", "{download}", "Downloads restarted because a body was truncated.");
        _changes = _meter.CreateCounter<long>(
            "clamproxy.gate.content.changes",
            "{file}",
            "Files of immutable sources that had changed since they were found clean: they were scanned.");
        _trickles = _meter.CreateCounter<long>(
            "clamproxy.gate.trickles", "{request}", "Requests that were trickled to before their verdict, by how they ended.");
        _ahead = _meter.CreateCounter<long>(
            "clamproxy.gate.ahead",
            "{file}",
            "Files to be scanned before they are requested: started, or left because as many as allowed were in progress.");
        _prefetches = _meter.CreateCounter<long>(
            "clamproxy.gate.prefetches",
            "{file}",
            "Downloads for requests that wait behind another one on their connection, by what came of them.");
        _rescans = _meter.CreateCounter<long>(
            "clamproxy.gate.rescans", "{file}", "Stored files that were scanned again with newer signatures, by what was found.");
        _releases = _meter.CreateCounter<long>(
            "clamproxy.gate.passed", "{file}", "Files delivered although they are not clean, by verdict and by what let them pass.");
        _outages = _meter.CreateCounter<long>(
            "clamproxy.gate.outages",
            "{outage}",
            "Times that an upstream began to fail while stored answers were served for it; known=\"stale-if-error\" of the requests "
                + "counts the answers.");
        // Seen from the start: an alert on a counter that was never there does not fire.
        _trickles.Add(0, new KeyValuePair<string, object?>("outcome", "clean"));
        _ahead.Add(0, new KeyValuePair<string, object?>("outcome", "begun"));
        _prefetches.Add(0, new KeyValuePair<string, object?>("outcome", Tag(AheadOutcome.Done)));
        _rescans.Add(0, new KeyValuePair<string, object?>("verdict", Verdict.Clean.Tag()));
        _releases.Add(0, new("verdict", Verdict.Unscannable.Tag()), new("by", "policy"));
        _outages.Add(0);
        _fetch = _meter.CreateHistogram(
            "clamproxy.gate.fetch.duration", "s", "Time from asking upstream to the body's last byte.", null, ScanningMetrics.Seconds);
    }

    internal void ObserveFlights(Func<int> flights, Func<int> waiters)
    {
        _meter.CreateObservableUpDownCounter("clamproxy.gate.flights", flights, "{flight}", "Downloads with their scans under way.");
        _meter.CreateObservableUpDownCounter(
            "clamproxy.gate.waiters", waiters, "{request}", "Requests that wait for the result of a flight.");
    }

    internal void Answered(string outcome, AnswerTrace trace)
    {
        _requests.Add(1, new("outcome", outcome), new("known", Tag(trace.Cache)), new("shared", trace.IsShared ? "true" : "false"));
        if (trace.Fetch > TimeSpan.Zero && !trace.IsShared)
        {
            _fetch.Record(trace.Fetch.TotalSeconds);
        }
    }

    internal void Restarted(FailureReason reason) => _restarts.Add(1, new KeyValuePair<string, object?>("reason", reason.Facts().Tag));

    internal void TrickleEnded(FailureReason? reason) =>
        _trickles.Add(1, new KeyValuePair<string, object?>("outcome", reason is { } failed ? failed.Facts().Tag : "clean"));

    /// <param name="outcome">begun or left.</param>
    internal void Ahead(string outcome) => _ahead.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void Prefetched(AheadOutcome outcome) =>
        _prefetches.Add(1, new KeyValuePair<string, object?>("outcome", Tag(outcome)));

    internal void Released(Verdict verdict, Release release) =>
        _releases.Add(1, new("verdict", verdict.Tag()), new("by", release.Exception is null ? "policy" : "exception"));

    internal void Rescanned(Verdict verdict) => _rescans.Add(1, new KeyValuePair<string, object?>("verdict", verdict.Tag()));

    internal void OutageBegan() => _outages.Add(1);

    internal void ContentChanged() => _changes.Add(1);

    internal static string Tag(AheadOutcome outcome) => outcome switch
    {
        AheadOutcome.NotNeeded => "not-needed",
        AheadOutcome.Left => "left",
        AheadOutcome.Lost => "lost",
        AheadOutcome.Done => "done",
    };

    internal static string Tag(CacheOutcome cache) => cache switch
    {
        CacheOutcome.NotAsked or CacheOutcome.Method => "not-asked",
        CacheOutcome.Miss => "miss",
        CacheOutcome.Stale => "stale",
        CacheOutcome.ByContent => "content",
        CacheOutcome.ByUrl => "url",
        CacheOutcome.Stored => "stored",
        CacheOutcome.Revalidated => "revalidated",
        CacheOutcome.StaleWhileRevalidate => "stale-while-revalidate",
        CacheOutcome.StaleIfError => "stale-if-error",
    };
}
