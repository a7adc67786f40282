using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Intake;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// Steps 3 and 4 of the way that <see cref="ContentGate"/> draws, up to the <see cref="FlightVerdict"/>: a body from upstream to the
/// spool, in as many attempts as are allowed.
/// </summary>
internal sealed class BodyDownload(
    UpstreamClient upstream,
    ContentIntake intake,
    FlightVerdict judge,
    NetworkCookies cookies,
    GateOptions options,
    GateReport report,
    TimeProvider clock)
{
    public async Task<FlightResult> RunAsync(FlightOrder order)
    {
        var started = clock.GetTimestamp();
        var hasOwnConnection = false;
        for (var attempt = 1; ; attempt++)
        {
            // Step 3: download
            order = order with { AskedAt = clock.GetUtcNow() };
            using var span = FetchingTrace.Fetch(order.Request.Target.TextWithoutQuery, attempt);
            var answer = await FetchAsync(order, hasOwnConnection).ConfigureAwait(false);
            if (answer is UpstreamAnswer.Failed unanswered)
            {
                span.Ended(unanswered.Failure);
                return new FlightResult.Failed(unanswered.Failure) { Cache = order.Cache };
            }

            var response = ((UpstreamAnswer.Answered)answer).Response;
            await using var _ = response.ConfigureAwait(false);
            var head = cookies.Without(UpstreamHead.Of(response), order.Request);
            if (EndWithoutBody(order, response, head) is { } end)
            {
                return end with { Cache = order.Cache, Fetch = end is FlightResult.NotModified ? clock.GetElapsedTime(started) : default };
            }

            // Step 4: spool and hash the body
            var taken = await SpoolAsync(order, response, head).ConfigureAwait(false);
            var fetched = clock.GetElapsedTime(started);
            span.Ended((taken as IntakeResult.NotTaken)?.Failure);
            span?.Stop();
            if (taken is IntakeResult.Taken { File: var body })
            {
                order.Flight.StayOnCourse();
                return await judge.JudgeAsync(order, head, body).ConfigureAwait(false) with { Fetch = fetched };
            }

            var failure = ((IntakeResult.NotTaken)taken).Failure;
            if (failure.Reason == FailureReason.TooLarge)
            {
                return judge.TooLarge(head, failure) with { Cache = order.Cache, Fetch = fetched };
            }

            // What breaks off with a connection that others share may be another request's fault: it does not count, once, for the next
            // attempt has a connection of its own.
            var isLost = response.SharesConnection && !hasOwnConnection;
            if (!failure.Reason.Facts().IsRetryable || (attempt >= options.DownloadAttempts && !isLost))
            {
                return new FlightResult.Failed(failure) { Cache = order.Cache, Fetch = fetched };
            }

            hasOwnConnection |= isLost;
            attempt -= isLost ? 1 : 0;
            report.DownloadRestarted(order.Request, failure);
        }
    }

    /// <summary>How the flight ends where upstream's head says that no body is to be had; null: there is one.</summary>
    private static FlightResult? EndWithoutBody(FlightOrder order, UpstreamResponse response, UpstreamHead head) =>
        order.Share.MoveTo(response.FinalTarget) is { } full ? new FlightResult.Failed(full)
        : head.Status == 304 && HasConditions(order) ? new FlightResult.NotModified(head)
        : head.Status == 304 ? new FlightResult.Failed(
            new Failure(FailureReason.UpstreamProtocol, "Upstream answered 304 to a request without conditions."))
        : order.HasStandIn && CacheableStatus.IsTransient(head.Status)
            ? new FlightResult.Failed(new Failure(FailureReason.UpstreamProtocol, $"Upstream answered {head.Status}."))
        : null;

    private static bool HasConditions(FlightOrder order) =>
        order.Conditions.Any() || order.Request.Headers.Count > Representation.WithoutConditions(order.Request.Headers).Count;

    private async Task<IntakeResult> SpoolAsync(FlightOrder order, UpstreamResponse response, UpstreamHead head)
    {
        var flight = order.Flight;
        var terms = new IntakeTerms(response.ContentLength, flight.Clients, judge.TakesAnySize(order), Yields: flight.Yields);
        using var spool = intake.Open(terms);
        flight.BodyIsComing(IncomingBody.Of(head, response.ContentLength, spool));
        flight.HeadIsKnown(head);
        if (order.Lead is { } lead && head is not { Status: 200, IsShareable: true, IsFramed: true })
        {
            await lead.DisposeAsync().ConfigureAwait(false);
        }

        var silence = order.HasStandIn ? options.RevalidateWithin : TimeSpan.MaxValue;
        return await intake.FillAsync(
            spool, terms, (sink, cancelled) => response.CopyToAsync(sink, silence, cancelled), flight.Cancelled).ConfigureAwait(false);
    }

    private async Task<UpstreamAnswer> FetchAsync(FlightOrder order, bool hasOwnConnection)
    {
        var request = order.Request;
        var cancelled = order.Flight.Cancelled;
        var asked = new UpstreamRequest(request.Target, [.. request.Headers, .. order.Conditions])
        {
            Client = request.Client,
            HasOwnConnection = hasOwnConnection,
            Identity = request.Identity,
        };
        if (!order.HasStandIn)
        {
            return await upstream.FetchAsync(asked, cancelled).ConfigureAwait(false);
        }

        var time = options.RevalidateWithin;
        using var deadline = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, deadline.Token);
        try
        {
            return await upstream.FetchAsync(asked, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            return new UpstreamAnswer.Failed(
                new Failure(FailureReason.UpstreamTimedOut, $"Upstream did not answer within {time.TotalSeconds} s.", e));
        }
    }
}
