using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Unproved;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// One request's wait for a flight: in silence while its client can bear that, then by a trickle, or by asking it to come back.
/// </summary>
internal sealed class FlightWait(UnprovedTransfers unproved, GateOptions options, GateReport report, TimeProvider clock)
{
    /// <summary>How long a request waits for a plain answer, from now on.</summary>
    public ReplyDeadline DeadlineOf(GateRequest request) =>
        new(ReplyDeadline.Settled(request.Delivery ?? options.Delivery, request), options.ReplyDeadline, clock);

    /// <summary>Of a request that nobody waits for.</summary>
    public ReplyDeadline NoDeadline() => new(DeliveryMode.Hold, TimeSpan.Zero, clock);

    /// <summary>
    /// Waits for a flight as its client can bear it; null when its answer turns out to be another client's alone or not one to this
    /// request, or to be looked up.
    /// </summary>
    /// <param name="canComeBack">Whether a later request of this client can join this flight.</param>
    public async Task<GateResult?> RunAsync(
        Flight flight, GateRequest request, AnswerTrace trace, ReplyDeadline deadline, bool canComeBack, CancellationToken clientGone)
    {
        bool IsForOne() => flight.LatestHead is { IsShareable: false };
        bool IsForOthers() => trace.IsShared && ((IsForOne() && !flight.HasRefused) || !flight.Suits(request));
        if (canComeBack && request.Progress is { } progress
            && await ShowsPageAsync(flight, request, progress, trace.IsShared, clientGone).ConfigureAwait(false))
        {
            return ComeBack(trace);
        }

        var isInTime = await deadline.OutlastsAsync(trace.IsShared ? flight.Head : flight.Completion, clientGone).ConfigureAwait(false)
            && !IsForOthers()
            && await deadline.OutlastsAsync(flight.Completion, clientGone).ConfigureAwait(false);
        if (!isInTime && deadline.Delivery == DeliveryMode.Retry && canComeBack && !IsForOne() && flight.TryExpectAgain())
        {
            return ComeBack(trace);
        }

        while (!IsForOthers() && !flight.Completion.IsCompleted)
        {
            // A client that could not come back to this answer is kept alive instead.
            if (deadline.Delivery != DeliveryMode.Hold && request.SeesBrokenTransfers
                && flight.Incoming is { } body && body.Received > options.HoldBackBytes && flight.TryBeginTrickle())
            {
                var ends = new TrickleCallbacks(Answer, late => report.Delivered(request, late), end => report.TrickleEnded(request, end));
                var patient = new TrickledBody(
                    flight, request, body, trace.IsShared, options, clock, ends, () =>
                        unproved.TryBeginAsync(request.Client, request.Target));
                return new GateResult.Trickling(trace, body.Head, patient)
                {
                    AreConditionsOpen = body.IsStored || request.Freshness is not null,
                };
            }

            var pause = deadline.Delivery == DeliveryMode.Hold ? Timeout.InfiniteTimeSpan : options.TrickleInterval;
            await ReplyDeadline.EndsWithinAsync(flight.Completion, pause, clock, clientGone).ConfigureAwait(false);
        }

        return IsForOthers() || flight.HasEndedElsewhere ? null : Answer(await flight.Completion.ConfigureAwait(false));

        GateResult Answer(FlightResult flightResult) => flightResult.AnswerTo(
            trace with
            {
                Cache = flightResult.Cache,
                Fetch = flightResult.Fetch,
                Scan = flightResult.Scan,
                Keep = flightResult.Keep,
                TimeToLive = flightResult.TimeToLive,
                IsScanned = flightResult.IsScanned && !trace.IsShared,
            },
            request.Client);
    }

    private static GateResult.Failed ComeBack(AnswerTrace trace) => new(trace, new Failure(
        FailureReason.StillScanning, "The file is still being downloaded or scanned: repeat the request to get the answer."));

    /// <summary>
    /// Whether the client is shown a page instead of waiting on: for a file whose head is there and which it can come back to. The flight's
    /// result is kept for it, also where it waits until the end.
    /// </summary>
    private async Task<bool> ShowsPageAsync(
        Flight flight, GateRequest request, FetchProgress progress, bool isShared, CancellationToken clientGone)
    {
        progress.Follow(flight);
        if (progress.PageAfter is not { } after)
        {
            flight.TryExpectAgain();
            return false;
        }

        return !await ReplyDeadline.EndsWithinAsync(flight.Completion, after, clock, clientGone).ConfigureAwait(false)
            && await ReplyDeadline.EndsWithinAsync(flight.Head, options.ReplyDeadline, clock, clientGone).ConfigureAwait(false)
            && flight.LatestHead is { IsShareable: true, Status: 200 } head
            && head.First("Content-Type")?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true
            && (!isShared || flight.Suits(request))
            && flight.TryExpectAgain();
    }
}
