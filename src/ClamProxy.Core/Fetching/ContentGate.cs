using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Unproved;
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
///                 │no                                   │
///                 ▼                                     │
///               6 clamd                                 │
///                 ▼                                     │
///               7 keep the file, record the verdict     │
///                 ▼                                     │
///               8 hand over ◄───────────────────────────┘──clean──► file, else refused
/// </code>
/// Steps 1 and 5 are skipped, and nothing is kept, unless the request says that cached verdicts may be used. Every error ends as a failure, never as a file.
/// </summary>
public sealed class ContentGate : IDisposable
{
    /// <summary>How often a request that was left to another process, which found nothing that lasts, is left to one again.</summary>
    private const int MostRounds = 3;

    private readonly UrlLookup _known;
    private readonly DownloadFlight _course;
    private readonly RescanFlight _rescan;
    private readonly RevalidationFlight _revalidation;
    private readonly FlightShares _shares;
    private readonly FlightTable _flights;
    private readonly FlightsAhead _ahead;
    private readonly UnprovedTransfers _unproved;
    private readonly GateOptions _options;
    private readonly GateReport _report;
    private readonly TimeProvider _clock;

    internal ContentGate(
        UrlLookup known,
        DownloadFlight course,
        RescanFlight rescan,
        RevalidationFlight revalidation,
        FlightShares shares,
        UnprovedTransfers unproved,
        GateOptions options,
        GateMetrics metrics,
        GateReport report,
        TimeProvider clock)
    {
        _known = known;
        _course = course;
        _rescan = rescan;
        _revalidation = revalidation;
        _shares = shares;
        _unproved = unproved;
        _options = options;
        _report = report;
        _clock = clock;
        _flights = new FlightTable(options, clock);
        _ahead = new FlightsAhead(options.MaxAhead, _report);
        metrics.ObserveFlights(() => _flights.Count, () => _flights.Waiters);
    }

    /// <summary>Answers a request for a file. The caller disposes of the answer.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="clientGone">Ends this request's wait; what others wait for goes on.</param>
    public async Task<GateResult> OpenAsync(GateRequest request, CancellationToken clientGone)
    {
        GateResult result;
        try
        {
            result = await AnswerAsync(_known.Settled(request), clientGone).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (clientGone.IsCancellationRequested)
        {
            result = new GateResult.Failed(new AnswerTrace(CacheOutcome.NotAsked), new Failure(FailureReason.ClientGone, "The client left.", e));
        }

        _report.Answered(request, result);
        return result;
    }

    /// <summary>What can be said of an URL without asking upstream: a refusal, or the stored file. Null: nothing.</summary>
    public async Task<GateResult?> FindAsync(GateRequest request, CancellationToken clientGone)
    {
        if (!request.CacheScan)
        {
            return await _known.FindFreshAsync(_known.Settled(request), clientGone).ConfigureAwait(false);
        }

        var (trace, refused, file, _, _) = await _known.FindAsync(request, clientGone).ConfigureAwait(false);
        return refused is not null ? new GateResult.Refused(trace!, refused) : file;
    }

    /// <summary>The stored answer that is served for a URL while upstream fails, if its verdict counts. Null: there is none.</summary>
    public async Task<GateResult?> FindStandInAsync(GateRequest request, CancellationToken clientGone) =>
        await _known.FindStandInAsync(_known.Settled(request), clientGone).ConfigureAwait(false);

    /// <summary>Fetches and scans what a client is about to ask for, unless its verdict is known. Nobody waits for it.</summary>
    public void BeginAhead(GateRequest request)
    {
        if (request.CacheScan)
        {
            var plain = request with { Headers = Representation.WithoutConditions(request.Headers), Delivery = DeliveryMode.Hold };
            _ahead.Begin(stopping => AnswerAheadAsync(plain, stopping));
        }
    }

    /// <summary>From here on a request that needs a download or a scan of its own fails; those under way go on, and may be joined. For a process that stops.</summary>
    /// <returns>Ends when none is under way any more.</returns>
    public Task RefuseFlights()
    {
        _ahead.Dispose();
        return _flights.Refuse();
    }

    /// <summary>Cancels the downloads and scans in progress, here and at upstream and scanner; waiting requests learn that the process is stopping.</summary>
    public void CancelFlights() => _flights.Cancel();

    public void Dispose()
    {
        _ahead.Dispose();
        _flights.Dispose();
    }

    private async Task AnswerAheadAsync(GateRequest request, CancellationToken stopping)
    {
        var known = await _known.FindAsync(request, stopping).ConfigureAwait(false);
        await using var file = known.File;
        if (known is { Refused: null, File: null, IsStale: false, Clean: null })
        {
            var deadline = new ReplyDeadline(DeliveryMode.Hold, TimeSpan.Zero, _clock);
            await using var result = await DownloadAsync(request, known.Trace, null, deadline, mayFollow: true, stopping).ConfigureAwait(false);
        }
    }

    private async Task<GateResult> AnswerAsync(GateRequest request, CancellationToken clientGone)
    {
        if (await _known.FindFreshAsync(request, clientGone).ConfigureAwait(false) is { } fresh)
        {
            return fresh;
        }

        var deadline = new ReplyDeadline(ReplyDeadline.Settled(request.Delivery ?? _options.Delivery, request), _options.Patience, _clock);
        for (var round = 1; ; round++)
        {
            var trace = new AnswerTrace(CacheOutcome.NotAsked);
            UrlRecord? expected = null;
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

                (trace, expected) = (known.Trace, known.Clean);
                if (known.IsStale && mayFollow)
                {
                    if (await RescanAsync(request, trace, deadline, clientGone).ConfigureAwait(false) is { } rescanned)
                    {
                        return rescanned;
                    }

                    continue;
                }
            }

            if (await DownloadAsync(request, trace, expected, deadline, mayFollow, clientGone).ConfigureAwait(false) is { } result)
            {
                return result;
            }
        }
    }

    /// <param name="expected">What the URL led to when its content was found clean; null: nothing that counts is known of it.</param>
    private Task<GateResult?> DownloadAsync(
        GateRequest request, AnswerTrace trace, UrlRecord? expected, ReplyDeadline deadline, bool mayFollow, CancellationToken clientGone)
    {
        Failure? full = null;
        return ShareFlightAsync(Representation.KeyOfAnswer(request), Start, () => full, request, trace, deadline, clientGone);

        Func<Flight, Task<FlightResult>>? Start() => _shares.TryTake(request.Client, request.Target, out full) is { } share
            ? flight => request.Freshness is null
                ? _course.RunAsync(request, trace.Cache, expected, mayFollow, share, flight)
                : _revalidation.RunAsync(request, share, flight)
            : null;
    }

    private Task<GateResult?> RescanAsync(GateRequest request, AnswerTrace trace, ReplyDeadline deadline, CancellationToken clientGone)
    {
        var key = Representation.KeyOfContent(request);
        return ShareFlightAsync(
            $"rescan:{request.Policy}:{key}", () => flight => _rescan.RunAsync(request, key, flight), () => null, request, trace, deadline, clientGone);
    }

    /// <param name="key">What the answer is selected by.</param>
    /// <param name="start">The work of a flight to start; null when this request may not start one.</param>
    /// <param name="whyNot">Why it may not.</param>
    /// <returns>The answer; null when it is to be looked up now.</returns>
    private async Task<GateResult?> ShareFlightAsync(
        string key,
        Func<Func<Flight, Task<FlightResult>>?> start,
        Func<Failure?> whyNot,
        GateRequest request,
        AnswerTrace trace,
        ReplyDeadline deadline,
        CancellationToken clientGone)
    {
        // Step 2: join the flight of the same answer, or start one
        for (string? sharedKey = key; ; sharedKey = null)
        {
            var flight = _flights.JoinOrStart(sharedKey, start, out var isShared, request.Client);
            if (flight is null)
            {
                return new GateResult.Failed(trace, whyNot() ?? (_flights.IsRefusing
                    ? new Failure(FailureReason.Stopping, "ClamProxy is stopping.")
                    : new Failure(FailureReason.Overloaded, "As many downloads as MaxFlights allows are in progress.")));
            }

            GateResult? result = null;
            using var span = FetchingTrace.Wait(flight, isShared);
            try
            {
                result = await WaitAsync(flight, request, trace with { IsShared = isShared }, deadline, canComeBack: sharedKey is not null, clientGone).ConfigureAwait(false);
                if (result is not null || flight.HasEndedElsewhere)
                {
                    return result;
                }
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

    /// <summary>Waits for a flight as its client can bear it; null when its answer turns out to be another client's alone, or to be looked up.</summary>
    /// <param name="canComeBack">Whether a later request of this client can join this flight.</param>
    private async Task<GateResult?> WaitAsync(
        Flight flight, GateRequest request, AnswerTrace trace, ReplyDeadline deadline, bool canComeBack, CancellationToken clientGone)
    {
        bool IsForOne() => flight.LatestHead is { IsShareable: false };
        bool IsForOthers() => trace.IsShared && IsForOne() && !flight.HasRefused;
        var isInTime = await deadline.OutlastsAsync(trace.IsShared ? flight.Head : flight.Completion, clientGone).ConfigureAwait(false)
            && !IsForOthers()
            && await deadline.OutlastsAsync(flight.Completion, clientGone).ConfigureAwait(false);
        if (!isInTime && deadline.Delivery == DeliveryMode.Retry && canComeBack && !IsForOne() && flight.TryExpectAgain())
        {
            return new GateResult.Failed(trace, new Failure(FailureReason.StillScanning, "The file is still being downloaded or scanned: repeat the request to get the answer."));
        }

        while (!IsForOthers() && !flight.Completion.IsCompleted)
        {
            // A client that could not come back to this answer is kept alive instead.
            if (deadline.Delivery != DeliveryMode.Hold && request.SeesBrokenTransfers && flight.Incoming is { } body && body.Received > _options.HoldBackBytes && flight.TryBeginTrickle())
            {
                var ends = new TrickleCallbacks(Answer, late => _report.Delivered(request, late), end => _report.TrickleEnded(request, end));
                var patient = new TrickledBody(
                    flight, request.Client, body, trace.IsShared, _options, _clock, ends, () => _unproved.TryBeginAsync(request.Client, request.Target));
                return new GateResult.Trickling(trace, body.Head, patient)
                {
                    AreConditionsOpen = body.IsStored || request.Freshness is not null,
                };
            }

            await ReplyDeadline.EndsWithinAsync(flight.Completion, deadline.Delivery == DeliveryMode.Hold ? Timeout.InfiniteTimeSpan : _options.TrickleInterval, _clock, clientGone).ConfigureAwait(false);
        }

        return IsForOthers() || flight.HasEndedElsewhere ? null : Answer(await flight.Completion.ConfigureAwait(false));

        GateResult Answer(FlightResult flightResult) => flightResult.AnswerTo(
            trace with
            {
                Cache = flightResult.Cache,
                Fetch = flightResult.Fetch,
                Scan = flightResult.Scan,
                IsFramed = flightResult.Head is not { IsFramed: false },
            },
            request.Client);
    }
}
