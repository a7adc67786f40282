using ClamProxy.Core.Download;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Which flight answers which request.</summary>
internal sealed class FlightPlans(DownloadFlight download, RescanFlight rescan, RevalidationFlight revalidation, FlightShares shares)
{
    /// <param name="expected">What the URL led to when its content was found clean; null: nothing that counts is known of it.</param>
    /// <param name="mayFollow">Whether another process may do the work.</param>
    public FlightPlan Download(GateRequest request, CacheOutcome cache, UrlRecord? expected, bool mayFollow) =>
        new(request.Keys.Answer, () =>
        shares.TryTake(request.Client, request.Target, out var full) is not { } share ? (null, full)
        : request.Freshness is not null ? (flight => revalidation.RunAsync(request, share, flight), null)
        : (flight => download.RunAsync(new FlightOrder(request, cache, share, flight) { Expected = expected }, mayFollow), null));

    /// <summary>Scans what is stored again.</summary>
    public FlightPlan Rescan(GateRequest request) => new(
        $"rescan:{request.Policy}:{request.Keys.Content}", () => (flight => rescan.RunAsync(request, flight), null));
}
