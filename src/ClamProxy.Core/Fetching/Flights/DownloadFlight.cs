using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Files;
using ClamProxy.Core.Leases;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// What a flight does whose answer is not here: it looks once more, takes the lead among the processes that share one Redis, and downloads.
/// </summary>
internal sealed class DownloadFlight(
    BodyDownload download, UrlVerdicts urls, StoredAnswers stored, IFlightLeases leases, GateOptions options, TimeProvider clock)
{
    /// <param name="order">What it is for; its share is given back at the end.</param>
    /// <param name="mayFollow">Whether another process may do the work: its result counts for requests that may use cached
    /// verdicts.</param>
    public async Task<FlightResult> RunAsync(FlightOrder order, bool mayFollow)
    {
        var flight = order.Flight;
        using var place = order.Share;
        place.Follow(flight.Clients);
        if (order.Request.FinishAbandoned)
        {
            flight.StayOnCourse();
        }

        if (mayFollow && order.Expected is not null && await IsAnsweredByNowAsync(order).ConfigureAwait(false))
        {
            return new FlightResult.Elsewhere();
        }

        // What is known to be clean needs no scan that others could wait for: each process compares the bytes that it needs itself.
        if (!mayFollow || order.Expected is not null)
        {
            return await download.RunAsync(order).ConfigureAwait(false);
        }

        var lead = await FlightLead.TakeAsync(
            leases, order.Request.Keys.Content.Of(order.Varies), options.FollowFor, clock, flight.Cancelled).ConfigureAwait(false);
        await using var leadEnd = lead.Configured();
        return lead is null || (order.Cache == CacheOutcome.Miss && await IsAnsweredByNowAsync(order).ConfigureAwait(false))
            ? new FlightResult.Elsewhere()
            : await download.RunAsync(order with { Lead = lead }).ConfigureAwait(false);
    }

    /// <summary>
    /// Nothing was known when this request looked, or a clean verdict without a file; a flight that ended between its look and its turn may
    /// have changed that.
    /// </summary>
    private async ValueTask<bool> IsAnsweredByNowAsync(FlightOrder order)
    {
        var (keys, cancelled) = (order.Request.Keys.Content, order.Flight.Cancelled);
        var answer = await stored.FindAsync(keys, cancelled).ConfigureAwait(false);
        using var file = answer.File;
        return answer.Verdict is not null
            || (order.Expected is null && (await urls.FindAsync(keys, cancelled).ConfigureAwait(false)).Content is not null);
    }
}
