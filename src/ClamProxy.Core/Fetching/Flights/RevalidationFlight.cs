using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Files;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// What a flight does for an answer that may change and is kept (decision 0031): upstream is asked whether the stored one still is its
/// answer, and while upstream fails the stored one is served.
/// </summary>
internal sealed class RevalidationFlight(
    StoredAnswers stored,
    UrlLookup known,
    UrlVerdicts urls,
    BodyDownload download,
    RescanFlight rescan,
    UpstreamOutages outages,
    ReuseRules reuse,
    TimeProvider clock)
{
    /// <param name="share">The flight's place with its client and its upstream; it is given back at the end.</param>
    public async Task<FlightResult> RunAsync(GateRequest request, FlightShare share, Flight flight)
    {
        using var place = share;
        share.Follow(flight.Clients);
        if (request.FinishAbandoned)
        {
            flight.StayOnCourse();
        }

        var kept = await stored.FindAsync(request.Keys.Stored, flight.Cancelled, evenStale: true).ConfigureAwait(false);
        using var file = kept.File;
        if (file is not null)
        {
            return await RevalidateAsync(
                request, new OldAnswer(file, kept.Verdict!, reuse.Of(request, file)), share, flight).ConfigureAwait(false);
        }

        // What is stored for others says which variant answers whom: that place too is not for what says nothing of the file.
        var hasVariants = kept.Varies is { Count: > 0 };
        var flightResult = await AskAsync(
            new FlightOrder(request, CacheOutcome.Miss, share, flight) { HasOld = hasVariants }).ConfigureAwait(false);
        return IsUpstreams(flightResult) && await RefusalAsync(request, flight).ConfigureAwait(false) is { } refusal
            ? refusal
            : flightResult;
    }

    private async Task<FlightResult> RevalidateAsync(GateRequest request, OldAnswer old, FlightShare share, Flight flight)
    {
        var mayStandIn = old.Reuse.MayStandIn;
        // Really fresh: what is so by one client's max-stale only is not for the others who wait here.
        if (old.Reuse is { IsFresh: true, TimeToLive.Ticks: > 0 })
        {
            return await LandAsync(request, old, CacheOutcome.Stored, flight).ConfigureAwait(false);
        }

        if (mayStandIn && outages.IsResting(request))
        {
            return await LandAsync(request, old, CacheOutcome.StaleIfError, flight).ConfigureAwait(false);
        }

        var order = new FlightOrder(request, CacheOutcome.Stale, share, flight)
        {
            HasOld = true,
            HasStandIn = mayStandIn,
            Conditions = Revalidation.ConditionsOf(old.Head),
        };
        var asked = clock.GetUtcNow();
        var flightResult = await AskAsync(order).ConfigureAwait(false);
        if (flightResult is FlightResult.NotModified)
        {
            if (await ConfirmAsync(request, old, flightResult, asked, flight).ConfigureAwait(false) is { } confirmed)
            {
                return confirmed;
            }

            asked = clock.GetUtcNow();
            flightResult = await AskAsync(order with { Cache = CacheOutcome.Miss, Conditions = [] }).ConfigureAwait(false);
        }

        if (mayStandIn && flightResult is FlightResult.Failed failed && IsUpstreams(failed))
        {
            outages.Failed(request, failed.Failure);
            return await LandAsync(request, old, CacheOutcome.StaleIfError, flight).ConfigureAwait(false);
        }

        return await ReplaceAsync(request, old, flightResult, asked).ConfigureAwait(false);
    }

    /// <summary>Upstream says that it has no other answer.</summary>
    /// <returns>The stored one; null: that is not the one that upstream speaks of, or not for others any more.</returns>
    private async Task<FlightResult?> ConfirmAsync(
        GateRequest request, OldAnswer old, FlightResult notModified, DateTimeOffset asked, Flight flight)
    {
        var head = Revalidation.Updated(old.Head, notModified.Head!);
        var keys = request.Keys.Stored;
        if (!Revalidation.IsAbout(old.Head, notModified.Head!)
            || !MayStay(request, head, asked)
            || !keys.VariesBy(head).SequenceEqual(keys.VariesBy(old.Head)))
        {
            return null;
        }

        if (!request.Directives.NoStore)
        {
            await stored.RefreshAsync(request, old.File.Sha256, head, asked).ConfigureAwait(false);
        }

        var flightResult = await rescan.LandAsync(request, old.File, old.Verdict, head, asked, flight).ConfigureAwait(false);
        return flightResult with
        {
            Cache = CacheOutcome.Revalidated,
            Fetch = notModified.Fetch,
            TimeToLive = TimeToLive(request, head, asked),
        };
    }

    /// <summary>Upstream has another answer: the old one leaves, whatever the new one is, unless that may have been cut off.</summary>
    private async Task<FlightResult> ReplaceAsync(GateRequest request, OldAnswer old, FlightResult flightResult, DateTimeOffset asked)
    {
        var verdict = VerdictOf(flightResult);
        var keys = request.Keys.Stored;

        // A new one that is kept has the old one's place, unless it varies by something else. One that only its client's no-store keeps out
        // leaves the old one there, to be asked about by the next.
        var isReplaced = verdict is { Verdict: Verdict.Clean } && flightResult.Head is { } head && MayStay(request, head, asked)
            && (head.Status == 200 || keys.VariesBy(head).SequenceEqual(keys.VariesBy(old.Head)));
        if (!isReplaced && !MayBeCut(flightResult.Head)
            && Representation.MayEvict(request, flightResult.Head) && CacheableStatus.IsAboutTheFile(flightResult.Head?.Status ?? 200)
            && verdict is not null && ScanVerdict.IsLasting(verdict))
        {
            await stored.ForgetAsync(request, old.Head).ConfigureAwait(false);
        }

        return flightResult;
    }

    private async Task<FlightResult> LandAsync(GateRequest request, OldAnswer old, CacheOutcome cache, Flight flight)
    {
        var flightResult = await rescan.LandAsync(
            request, old.File, old.Verdict, old.Head, old.File.ConfirmedAt, flight).ConfigureAwait(false);
        if (flightResult is FlightResult.Refused { Verdict: var bad, Deciding: var form } && ScanVerdict.IsLasting(bad))
        {
            // It has been removed from the store: requests while upstream fails get the reason.
            await urls.RecordAsync(
                request.Keys.Content, old.Head, old.File.Length, form ?? bad, null, default, flight.Cancelled).ConfigureAwait(false);
        }

        return flightResult with { Cache = cache, TimeToLive = old.Reuse.TimeToLive };
    }

    /// <summary>Asks upstream for its answer, or whether the stored one still is it.</summary>
    private async Task<FlightResult> AskAsync(FlightOrder order)
    {
        var request = order.Request;
        var asked = clock.GetUtcNow();
        var flightResult = await download.RunAsync(order).ConfigureAwait(false);
        if (flightResult is not FlightResult.Failed)
        {
            outages.Ended(request);
        }

        return flightResult is FlightResult.Delivered { Keep: KeepOutcome.Kept, Head: { } head }
            ? flightResult with { TimeToLive = TimeToLive(request, head, asked) }
            : flightResult;
    }

    private TimeSpan TimeToLive(GateRequest request, UpstreamHead head, DateTimeOffset asked) =>
        ReuseRules.TimeToLive(request.Freshness!, head, asked, clock.GetUtcNow());

    /// <summary>Upstream failed and nothing is stored: it may have left because it turned out bad, which is the better answer.</summary>
    private async Task<FlightResult?> RefusalAsync(GateRequest request, Flight flight)
    {
        var answer = await known.FindAsync(request, flight.Cancelled).ConfigureAwait(false);
        await using var fileEnd = answer.File.Configured();
        return answer.Refused is { } verdict ? new FlightResult.Refused(UpstreamHead.None, verdict) { Cache = CacheOutcome.ByUrl } : null;
    }

    /// <summary>
    /// Whether an answer of this head may be kept, whatever the client asks for: with its no-store nothing of its own is kept (RFC 9111
    /// §5.2.1.5), and what is stored for all stays.
    /// </summary>
    private bool MayStay(GateRequest request, UpstreamHead head, DateTimeOffset asked) =>
        stored.MayKeep(request with { Directives = CacheControl.None }, head, asked);

    /// <summary>Whether a file's end is unknown. Other answers say in their head what they mean.</summary>
    private static bool MayBeCut(UpstreamHead? head) => head is { Status: 200, IsFramed: false };

    private static bool IsUpstreams(FlightResult result) =>
        result is FlightResult.Failed { Failure.Reason: var reason } && reason.Facts().Blame == Blame.Upstream;

    private static ContentRecord? VerdictOf(FlightResult result) => result switch
    {
        FlightResult.Delivered delivered => delivered.Verdict,
        FlightResult.Refused refused => refused.Verdict,
        _ => null,
    };
}
