using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Steps 3 and 4 of the way that <see cref="ContentGate"/> draws, up to the <see cref="FlightVerdict"/>: what one flight does, whoever waits for it.</summary>
internal sealed class DownloadFlight(
    UpstreamClient upstream,
    SpoolFolder spools,
    FlightVerdict judge,
    VerdictLookup known,
    StoredAnswers stored,
    IFlightLeases leases,
    GateOptions options,
    GateReport report,
    TimeProvider clock)
{
    /// <param name="request">What was asked for.</param>
    /// <param name="cache">What was known before.</param>
    /// <param name="expected">What the URL led to when its content was found clean; null: nothing that counts is known of it.</param>
    /// <param name="mayFollow">Whether another process may do the work: its result counts for requests that may use cached verdicts.</param>
    /// <param name="share">The flight's place with its client and its upstream; it is given back at the end.</param>
    /// <param name="flight">What waits for it.</param>
    public async Task<FlightResult> RunAsync(
        GateRequest request, CacheOutcome cache, UrlRecord? expected, bool mayFollow, FlightShare share, Flight flight)
    {
        using var place = share;
        share.Follow(flight.Clients);
        if (request.FinishAbandoned)
        {
            flight.StayOnCourse();
        }

        if (mayFollow && expected is not null && await IsAnsweredByNowAsync(request, expected, flight.Cancelled).ConfigureAwait(false))
        {
            return FlightResult.Elsewhere;
        }

        // What is known to be clean needs no scan that others could wait for: each process compares the bytes that it needs itself.
        if (!mayFollow || expected is not null)
        {
            return await DownloadAsync(request, cache, expected, share, null, hasStandIn: false, flight).ConfigureAwait(false);
        }

        await using var lead = await FlightLead.TakeAsync(
            leases, Representation.KeyOfContent(request), options.FollowFor, clock, flight.Cancelled).ConfigureAwait(false);
        return lead is null || (cache == CacheOutcome.Miss && await IsAnsweredByNowAsync(request, null, flight.Cancelled).ConfigureAwait(false))
            ? FlightResult.Elsewhere
            : await DownloadAsync(request, cache, null, share, lead, hasStandIn: false, flight).ConfigureAwait(false);
    }

    /// <summary>
    /// Nothing was known when this request looked, or a clean verdict without a file; a flight that ended between its look and its turn may have
    /// changed that.
    /// </summary>
    private async ValueTask<bool> IsAnsweredByNowAsync(GateRequest request, UrlRecord? expected, CancellationToken cancelled)
    {
        var key = Representation.KeyOfContent(request);
        var answer = await stored.FindAsync(key, cancelled).ConfigureAwait(false);
        using var file = answer.File;
        return answer.Verdict is not null || (expected is null && (await known.FindAsync(key, cancelled).ConfigureAwait(false)).Content is not null);
    }

    /// <param name="hasStandIn">Whether there is another answer, so that upstream is not waited for as long, and one that says that it cannot answer has failed.</param>
    public async Task<FlightResult> DownloadAsync(
        GateRequest request, CacheOutcome cache, UrlRecord? expected, FlightShare share, FlightLead? lead, bool hasStandIn, Flight flight)
    {
        var cancelled = flight.Cancelled;
        var started = clock.GetTimestamp();
        var deadline = hasStandIn ? options.RevalidateWithin : TimeSpan.MaxValue;
        var hasOwnConnection = false;
        for (var attempt = 1; ; attempt++)
        {
            // Step 3: download
            using var span = FetchingTrace.Fetch(request.Target.TextWithoutQuery, attempt);
            var asked = new UpstreamRequest(request.Target, request.Headers) { Client = request.Client, HasOwnConnection = hasOwnConnection };
            var answer = await FetchAsync(asked, hasStandIn ? deadline : null, cancelled).ConfigureAwait(false);
            if (answer.Failure is not null)
            {
                span.Ended(answer.Failure);
                return FlightResult.Failed(answer.Failure) with { Cache = cache };
            }

            await using var response = answer.Response!;
            if (share.MoveTo(response.FinalTarget) is { } full)
            {
                return FlightResult.Failed(full) with { Cache = cache };
            }

            var head = UpstreamHead.Of(response);
            if (head.Status == 304)
            {
                return FlightResult.NotModified(head) with { Cache = cache, Fetch = clock.GetElapsedTime(started) };
            }

            if (hasStandIn && IsTransient(head.Status))
            {
                return FlightResult.Failed(new Failure(FailureReason.UpstreamProtocol, $"Upstream answered {head.Status}.")) with { Cache = cache };
            }

            // Step 4: spool and hash the body
            var takesAnySize = judge.TakesAnySize(request);
            using var spool = spools.Create(response.ContentLength, takesAnySize, flight.Clients);
            flight.BodyIsComing(IncomingBody.Of(head, response.ContentLength, spool));
            flight.HeadIsKnown(head);
            if (lead is not null && head is not { Status: 200, IsShareable: true, IsFramed: true })
            {
                await lead.DisposeAsync().ConfigureAwait(false);
            }

            var failure = (takesAnySize ? null : spools.Refuse(response.ContentLength)) ?? await response.CopyToAsync(spool.WriteAsync, deadline, cancelled).ConfigureAwait(false);
            var fetched = clock.GetElapsedTime(started);
            span.Ended(failure);
            span?.Stop();
            if (failure is null)
            {
                flight.StayOnCourse();
                var flightResult = await judge.JudgeAsync(request, head, spool.Complete(), cache, expected, lead, flight.Clients, cancelled).ConfigureAwait(false);
                return flightResult with { Fetch = fetched };
            }

            if (failure.Reason == FailureReason.TooLarge)
            {
                return judge.TooLarge(head, failure) with { Cache = cache, Fetch = fetched };
            }

            // What breaks off with a connection that others share may be another request's fault: it does not count, once, for the next attempt has a connection of its own.
            var isLost = response.SharesConnection && !hasOwnConnection;
            if (!failure.Reason.Facts().IsRetryable || (attempt >= options.DownloadAttempts && !isLost))
            {
                return FlightResult.Failed(failure) with { Cache = cache, Fetch = fetched };
            }

            hasOwnConnection |= isLost;
            attempt -= isLost ? 1 : 0;

            report.DownloadRestarted(request, failure);
        }
    }

    /// <summary>What says nothing of the file, only of upstream at the moment (RFC 9110 §15.5.9, RFC 6585 §4, RFC 5861 §4).</summary>
    private static bool IsTransient(int status) => status is 408 or 429 or >= 500;

    /// <param name="within">How long upstream may take to its head; null: as long as downloads may.</param>
    private async Task<UpstreamAnswer> FetchAsync(UpstreamRequest asked, TimeSpan? within, CancellationToken cancelled)
    {
        if (within is not { } time)
        {
            return await upstream.FetchAsync(asked, cancelled).ConfigureAwait(false);
        }

        using var deadline = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, deadline.Token);
        try
        {
            return await upstream.FetchAsync(asked, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            return new UpstreamAnswer(null, new Failure(FailureReason.UpstreamTimedOut, $"Upstream did not answer within {time.TotalSeconds} s.", e));
        }
    }
}
