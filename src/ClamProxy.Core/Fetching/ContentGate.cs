using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Files;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// The one way from a request to its answer. Every door takes it.
/// <code>
///   request ──► 1 known of the URL? ──infected─────────────────────────────────► refused
///                 │no      ├──stored, signatures current────────────────────────► file
///                 │        ├──stored, signatures older──► 2, 6, 7 on what is stored ──► file, else refused
///                 │        └──clean, not stored──► 2 to 5: downloaded and compared, and scanned only if it is another content
///                 ▼
///               2 join the flight of the same answer, or start one ──slow──► trickle, or "come back"
///                 │                    another process leads ──its end──► 1
///                 ▼
///               3 download: upstream's head ──304──────────────────────────────► not modified
///                 ▼
///               4 spool and hash the body ──breaks off──► once more from 3
///                 ▼
///               5 known verdict of the content? ──yes──┐
///                 │no                                   │    5 and 6 are one call of <see cref="Scanning.ContentScanner"/>
///                 ▼                                     │
///               6 clamd                                 │
///                 ▼                                     │
///               7 record the verdict, keep the file     │
///                 ▼                                     │
///               8 hand over ◄───────────────────────────┘──clean──► file, else refused
/// </code>
/// Steps 1 and 5 are skipped, and nothing is kept, unless the request says that cached verdicts may be used. Every error ends as a failure,
/// never as a file.
/// </summary>
public sealed class ContentGate : IDisposable
{
    /// <summary>How often a request that was left to another process, which found nothing that lasts, is left to one again.</summary>
    private const int MostRounds = 3;

    private readonly UrlLookup _known;
    private readonly HeadUpdates _heads;
    private readonly FlightPlans _plans;
    private readonly FlightTable _flights;
    private readonly FlightsAhead _ahead;
    private readonly FlightWait _wait;
    private readonly GateReport _report;
    private readonly TimeProvider _clock;

    internal ContentGate(
        UrlLookup known,
        HeadUpdates heads,
        FlightPlans plans,
        FlightTable flights,
        FlightsAhead ahead,
        FlightWait wait,
        GateReport report,
        TimeProvider clock)
    {
        (_known, _heads, _plans, _flights, _ahead, _wait, _report, _clock) =
            (known, heads, plans, flights, ahead, wait, report, clock);
        report.Observe(flights);
    }

    /// <summary>The downloads under way, each until its content has a verdict.</summary>
    public IReadOnlyList<WorkUnderWay> UnderWay => _flights.UnderWay;

    /// <summary>Downloads with their scans under way.</summary>
    public int Flights => _flights.Count;

    /// <summary>Answers a request for a file. The caller disposes of the answer.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="clientGone">Ends this request's wait; what others wait for goes on.</param>
    public Task<GateResult> OpenAsync(GateRequest request, CancellationToken clientGone) => OpenAsync(request, null, clientGone);

    /// <inheritdoc cref="OpenAsync(GateRequest, CancellationToken)"/>
    /// <param name="waits">Called, perhaps several times, when the answer is not here; null: nobody wants to know.</param>
    public async Task<GateResult> OpenAsync(GateRequest request, Action? waits, CancellationToken clientGone)
    {
        GateResult result;
        try
        {
            result = (await _known.HeedAsync(
                request, await AnswerAsync(_known.Settled(request), waits, clientGone).ConfigureAwait(false)).ConfigureAwait(false))!;
        }
        catch (OperationCanceledException e) when (clientGone.IsCancellationRequested)
        {
            result = new GateResult.Failed(
                new AnswerTrace(CacheOutcome.NotAsked), new Failure(FailureReason.ClientGone, "The client left.", e));
        }

        _report.Answered(request, result);
        return result;
    }

    /// <summary>
    /// Answers a request for a head alone, which leaves nothing to scan: by what is known of the URL (step 1), else by upstream's head,
    /// else by the stored answer that stands in for an upstream that failed. The caller disposes of the answer.
    /// </summary>
    /// <param name="askUpstream">Asks upstream and hands its head on: which one, or why there is none, and nothing was handed on; neither
    /// where it broke off on its way.</param>
    /// <returns>What is to be sent; null: upstream's head was handed on.</returns>
    public async Task<GateResult?> AnswerHeadAsync(
        GateRequest request, Func<Task<(UpstreamHead? Head, Failure? Failure)>> askUpstream, CancellationToken clientGone)
    {
        if (await FindAsync(request, clientGone).ConfigureAwait(false) is { } known)
        {
            _report.AnsweredHead(request, known);
            return known;
        }

        var settled = _known.Settled(request);
        if (NotStored(settled) is { } notStored)
        {
            return notStored;
        }

        var asked = _clock.GetUtcNow();
        var (head, why) = await askUpstream().ConfigureAwait(false);
        if (why is not { } failure)
        {
            if (head is not null)
            {
                await _heads.TakeAsync(settled, head, asked).ConfigureAwait(false);
            }

            return null;
        }

        var standIn = failure.Reason.Facts().Blame == Blame.Upstream
            ? await _known.FindStandInAsync(settled, clientGone).ConfigureAwait(false)
            : null;
        return await _known.HeedAsync(request, standIn).ConfigureAwait(false)
            ?? new GateResult.Failed(new AnswerTrace(CacheOutcome.NotAsked), failure);
    }

    /// <summary>What should have been begun before its turn could not be: it is told in the log, and nobody fails by it.</summary>
    public void NotBegun(Exception cause) => _report.AheadFailed(cause);

    /// <summary>Fetches and scans what a client is about to ask for, unless its verdict is known. Nobody waits for it.</summary>
    public void BeginAhead(GateRequest request)
    {
        if (request.CacheScan)
        {
            var plain = request with { Headers = Representation.WithoutConditions(request.Headers), Delivery = DeliveryMode.Hold };
            _ahead.Begin(stopping => AnswerAheadAsync(plain, stopping));
        }
    }

    /// <summary>
    /// Fetches and scans what a client has asked for, before that request's turn: as the request itself would, and only where this one
    /// finds the result. Nobody waits for it, and it takes room that is to spare only.
    /// </summary>
    /// <param name="ended">Told what came of it.</param>
    /// <param name="clientGone">Ends it, unless others have joined.</param>
    public void BeginAsked(GateRequest request, Action<AheadOutcome> ended, CancellationToken clientGone)
    {
        var ahead = request with { IsAhead = true, Progress = null };
        _ahead.BeginAsked(
            cancelled => AnswerAskedAsync(ahead, cancelled),
            outcome =>
            {
                ended(outcome);
                _report.Prefetched(outcome);
            },
            clientGone);
    }

    /// <summary>
    /// From here on a request that needs a download or a scan of its own fails; those under way go on, and may be joined. For a process
    /// that stops.
    /// </summary>
    /// <returns>Ends when none is under way any more.</returns>
    public Task RefuseFlights()
    {
        _ahead.Dispose();
        return _flights.Refuse();
    }

    /// <summary>
    /// Cancels the downloads and scans in progress, here and at upstream and scanner; waiting requests learn that the process is stopping.
    /// </summary>
    public void CancelFlights() => _flights.Cancel();

    public void Dispose()
    {
        _ahead.Dispose();
        _flights.Dispose();
    }

    /// <summary>What can be said of an URL without asking upstream: a refusal, or the stored file. Null: nothing.</summary>
    private async Task<GateResult?> FindAsync(GateRequest request, CancellationToken clientGone)
    {
        if (await _known.HeedAsync(request).ConfigureAwait(false) is { } blocked)
        {
            return blocked;
        }

        if (!request.CacheScan)
        {
            var fresh = await FindFreshAsync(_known.Settled(request), clientGone).ConfigureAwait(false);
            return await _known.HeedAsync(request, fresh).ConfigureAwait(false);
        }

        var known = await _known.FindAsync(request, clientGone).ConfigureAwait(false);
        return known.Refused is not null
            ? new GateResult.Refused(known.Trace, known.Refused)
            : await _known.HeedAsync(request, known.File).ConfigureAwait(false);
    }

    private async Task AnswerAheadAsync(GateRequest request, CancellationToken stopping)
    {
        if (await _known.HeedAsync(request).ConfigureAwait(false) is not null)
        {
            return;
        }

        var known = await _known.FindAsync(request, stopping).ConfigureAwait(false);
        await using var fileEnd = known.File.Configured();
        if (known is { Refused: null, File: null, IsStale: false, Clean: null })
        {
            var plan = _plans.Download(request, known.Trace.Cache, known.Varies, null, mayFollow: true);
            var result = await ShareFlightAsync(plan, request, known.Trace, _wait.NoDeadline(), null, stopping).ConfigureAwait(false);
            await using var resultEnd = result.Configured();
        }
    }

    private async Task<AheadOutcome> AnswerAskedAsync(GateRequest request, CancellationToken cancelled)
    {
        if (!_known.MayKeep(request) || await _known.HeedAsync(request).ConfigureAwait(false) is not null)
        {
            return AheadOutcome.NotNeeded;
        }

        var known = await _known.FindAsync(request, cancelled).ConfigureAwait(false);
        await using var fileEnd = known.File.Configured();
        if (known.Refused is not null || known.File is not null)
        {
            return AheadOutcome.NotNeeded;
        }

        var plan = known.IsStale
            ? _plans.Rescan(request, known.Varies)
            : _plans.Download(request, known.Trace.Cache, known.Varies, known.Clean, mayFollow: true);
        var result = await ShareFlightAsync(plan, request, known.Trace, _wait.NoDeadline(), null, cancelled).ConfigureAwait(false);
        await using var resultEnd = result.Configured();
        return plan.IsStarted ? WhatCameOf(result, isStored: known.IsStale)
            : result is GateResult.Failed ? AheadOutcome.Left
            : AheadOutcome.NotNeeded;
    }

    /// <param name="isStored">Whether it was in the store before.</param>
    private static AheadOutcome WhatCameOf(GateResult? result, bool isStored) => result switch
    {
        null or GateResult.Refused => AheadOutcome.Done,
        GateResult.Whole whole when isStored || whole.Trace.Keep == KeepOutcome.Kept => AheadOutcome.Done,
        _ => AheadOutcome.Lost,
    };

    private async Task<GateResult> AnswerAsync(GateRequest request, Action? waits, CancellationToken clientGone)
    {
        if (await _known.HeedAsync(request).ConfigureAwait(false) is { } blocked)
        {
            return blocked;
        }

        if (await FindFreshAsync(request, clientGone).ConfigureAwait(false) is { } fresh)
        {
            return fresh;
        }

        if (NotStored(request) is { } notStored)
        {
            return notStored;
        }

        var deadline = _wait.DeadlineOf(request);
        for (var round = 1; ; round++)
        {
            var trace = new AnswerTrace(CacheOutcome.NotAsked);
            UrlRecord? expected = null;
            IReadOnlyList<string> varies = [];
            var mayFollow = request.CacheScan && round <= MostRounds;

            // Step 1: known verdict of the URL?
            if (request.CacheScan)
            {
                var known = await _known.FindAsync(request, clientGone).ConfigureAwait(false);
                if (known.Refused is not null)
                {
                    return new GateResult.Refused(known.Trace, known.Refused);
                }

                if (known.File is not null)
                {
                    return known.File;
                }

                (trace, expected, varies) = (known.Trace, known.Clean, known.Varies);
                if (known.IsStale && mayFollow)
                {
                    if (
                        await ShareFlightAsync(
                            _plans.Rescan(request, varies), request, trace, deadline, waits, clientGone)
                            .ConfigureAwait(false) is { } rescanned)
                    {
                        return rescanned;
                    }

                    continue;
                }
            }

            var plan = _plans.Download(request, trace.Cache, varies, expected, mayFollow);
            if (await ShareFlightAsync(plan, request, trace, deadline, waits, clientGone).ConfigureAwait(false) is { } result)
            {
                return result;
            }
        }
    }

    /// <summary>The stored answer that may be given now; where it is stale, upstream is asked about it from here on.</summary>
    private async ValueTask<GateResult.Whole?> FindFreshAsync(GateRequest request, CancellationToken clientGone)
    {
        var found = await _known.FindFreshAsync(request, clientGone).ConfigureAwait(false);
        if (found?.Trace.Cache == CacheOutcome.StaleWhileRevalidate)
        {
            BeginRevalidation(request);
        }

        return found;
    }

    /// <summary>What a client is told that takes a stored answer only, where there is none that it may have; null: it takes any.</summary>
    private static GateResult.Failed? NotStored(GateRequest request) =>
        request is not { Freshness: not null, Directives.OnlyIfCached: true } ? null
        : new GateResult.Failed(
            new AnswerTrace(CacheOutcome.Miss),
            new Failure(FailureReason.NotStored, "The request is for a stored answer only (only-if-cached), and none is fresh."));

    /// <summary>Asks upstream about a stale answer that was given meanwhile. Nobody waits for it.</summary>
    private void BeginRevalidation(GateRequest request)
    {
        var plan = _plans.Download(request, CacheOutcome.Stale, [], null, mayFollow: false);
        if (_flights.JoinOrStart(plan.Key, plan.TryStart, out _, request.Client, request) is { } flight)
        {
            flight.StayOnCourse();
            flight.Leave(request.Client);
        }
    }

    /// <summary>
    /// Whether a flight failed that was started before its request's turn, for want of room that this request might have got now.
    /// </summary>
    private static bool LackedRoom(Flight flight, GateRequest request, GateResult? result) =>
        flight.IsAhead && !request.IsAhead
        && result is GateResult.Failed { Failure.Reason: FailureReason.Overloaded or FailureReason.SpoolFull };

    /// <returns>The answer; null when it is to be looked up now.</returns>
    private async Task<GateResult?> ShareFlightAsync(
        FlightPlan plan, GateRequest request, AnswerTrace trace, ReplyDeadline deadline, Action? waits, CancellationToken clientGone)
    {
        // Step 2: join the flight of the same answer, or start one
        var hasBegunAgain = false;
        for (string? sharedKey = plan.Key; ;)
        {
            var flight = _flights.JoinOrStart(sharedKey, plan.TryStart, out var isShared, request.Client, request);
            if (flight is null)
            {
                return new GateResult.Failed(trace, plan.WhyNot ?? (_flights.IsRefusing
                    ? new Failure(FailureReason.Stopping, "ClamProxy is stopping.")
                    : new Failure(FailureReason.Overloaded, "As many downloads as MaxFlights allows are in progress.")));
            }

            GateResult? result = null;
            using var span = FetchingTrace.Wait(flight, isShared);
            try
            {
                waits?.Invoke();
                result = await _wait.RunAsync(
                    flight,
                    request,
                    trace with { IsShared = isShared },
                    deadline,
                    canComeBack: sharedKey is not null,
                    clientGone).ConfigureAwait(false);
                if (isShared && LackedRoom(flight, request, result))
                {
                    // All that had joined it begin one flight of their own together.
                    sharedKey = hasBegunAgain ? null : sharedKey;
                    hasBegunAgain = true;
                    continue;
                }

                if (result is not null || flight.HasEndedElsewhere)
                {
                    return result;
                }

                sharedKey = sharedKey is null || flight.Suits(request) ? null : flight.OtherKey(request, isFirst: sharedKey == plan.Key);
            }
            finally
            {
                if (result is not GateResult.Trickling)
                {
                    flight.Leave(request.Client);
                }
            }
        }
    }
}
