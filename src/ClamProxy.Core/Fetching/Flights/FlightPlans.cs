using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Which flight answers which request.</summary>
internal sealed class FlightPlans(
    DownloadFlight download, RescanFlight rescan, RevalidationFlight revalidation, FlightShares shares, SpoolFolder spool)
{
    /// <param name="request">What is asked for.</param>
    /// <param name="cache">What was known before.</param>
    /// <param name="varies">The fields that the URL's answers are known to vary by.</param>
    /// <param name="expected">What the URL led to when its content was found clean; null: nothing that counts is known of it.</param>
    /// <param name="mayFollow">Whether another process may do the work.</param>
    public FlightPlan Download(
        GateRequest request, CacheOutcome cache, IReadOnlyList<string> varies, UrlRecord? expected, bool mayFollow) =>
        new(request.Keys.Answer(varies), () =>
        WhyNotAhead(request) is { } notAhead ? (null, notAhead)
        : shares.TryTake(request.Client, request.Target, out var full, request.IsAhead) is not { } share ? (null, full)
        : request.Freshness is not null ? (flight => revalidation.RunAsync(request, share, flight), null)
        : (
            flight => download.RunAsync(
                new FlightOrder(request, cache, share, flight) { Expected = expected, Varies = varies }, mayFollow),
            null));

    /// <summary>Scans what is stored again.</summary>
    public FlightPlan Rescan(GateRequest request, IReadOnlyList<string> varies) => new(
        $"rescan:{request.Policy}:{request.Keys.Content.Of(varies)}",
        () => WhyNotAhead(request) is { } notAhead ? (null, notAhead) : (flight => rescan.RunAsync(request, flight), null));

    /// <summary>Nobody may be refused for something that nobody waits for yet.</summary>
    private Failure? WhyNotAhead(GateRequest request) =>
        !request.IsAhead || (shares.HaveSpare(request.Client, request.Target) && spool.HasSpare(request.Client))
            ? null
            : new Failure(FailureReason.Overloaded, "There is no room to spare.");
}
