using ClamProxy.Core.Clamd;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Gate;

/// <summary>
/// The one way from a request to its answer. Every door takes it.
/// <code>
///   request ──► 1 known verdict of the URL? ──infected──────────────────────────► refused
///                 │no            └──clean──► streamed from upstream, held back ──► file
///                 ▼
///               2 join the flight of the same answer, or start one
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
///               7 record the verdict                    │
///                 ▼                                     │
///               8 hand over ◄───────────────────────────┘──clean──► file, else refused
/// </code>
/// Steps 1 and 5 are skipped unless the request says that earlier verdicts may answer. Whatever goes wrong ends as a failure, never as a file.
/// </summary>
public sealed class ContentGate : IDisposable
{
    /// <summary>How often a request that was left to another process, which found nothing that lasts, is left to one again.</summary>
    private const int MostRounds = 3;

    private readonly UpstreamClient _upstream;
    private readonly KnownVerdicts _known;
    private readonly FlightCourse _course;
    private readonly FlightTable _flights;
    private readonly FlightsAhead _ahead;
    private readonly SemaphoreSlim _streams;
    private readonly GateOptions _options;
    private readonly GateReport _report;
    private readonly TimeProvider _clock;

    public ContentGate(
        UpstreamClient upstream,
        SpoolFolder spool,
        ClamdPool scanners,
        IVerdictStore verdicts,
        IFlightLeases leases,
        GateOptions options,
        GateMetrics metrics,
        ILogger<ContentGate> logger,
        TimeProvider clock)
    {
        _upstream = upstream;
        _options = options;
        _clock = clock;
        _known = new KnownVerdicts(verdicts, scanners);
        _flights = new FlightTable(options, clock);
        _ahead = new FlightsAhead(options.MaxAhead, metrics);
        _streams = new SemaphoreSlim(options.MaxStreams);
        _report = new GateReport(metrics, logger);
        _course = new FlightCourse(upstream, spool, new ContentScan(scanners, spool.MaxFileSize, clock), _known, leases, options, _report, clock);
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
            result = await AnswerAsync(request, clientGone).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (clientGone.IsCancellationRequested)
        {
            result = new GateResult.Failed(new Passage(Knowledge.NotAsked), new Failure(FailureReason.ClientGone, "The client left.", e));
        }

        _report.Answered(request, result);
        return result;
    }

    /// <summary>The refusal that an earlier verdict demands of this URL; null where none is known. Asks nobody but the verdict store.</summary>
    public async Task<ContentRecord?> FindRefusalAsync(GateRequest request, CancellationToken clientGone)
    {
        if (!request.CacheScan)
        {
            return null;
        }

        var (_, _, content) = await _known.FindAsync(Representation.KeyOfContent(request), clientGone).ConfigureAwait(false);
        return content is null or { Verdict: Verdict.Clean } ? null : content;
    }

    /// <summary>Fetches and scans what a client is about to ask for, unless its verdict is known. Nobody waits for it.</summary>
    public void BeginAhead(GateRequest request)
    {
        if (request.CacheScan)
        {
            _ahead.Begin(stopping => AnswerAheadAsync(request, stopping));
        }
    }

    public void Dispose()
    {
        _ahead.Dispose();
        _flights.Dispose();
        _streams.Dispose();
    }

    private async Task AnswerAheadAsync(GateRequest request, CancellationToken stopping)
    {
        var (knowledge, _, content) = await _known.FindAsync(Representation.KeyOfContent(request), stopping).ConfigureAwait(false);
        if (content is null)
        {
            var patience = new Patience(Delivery.Hold, TimeSpan.Zero, _clock);
            await using var result = await ShareFlightAsync(request, new Passage(knowledge), patience, mayFollow: true, stopping).ConfigureAwait(false);
        }
    }

    private async Task<GateResult> AnswerAsync(GateRequest request, CancellationToken clientGone)
    {
        var patience = new Patience(request.Delivery ?? _options.Delivery, _options.Patience, _clock);
        for (var round = 1; ; round++)
        {
            var passage = new Passage(Knowledge.NotAsked);

            // Step 1: known verdict of the URL?
            if (request.CacheScan)
            {
                (passage, var known) = await AnswerFromKnownAsync(request, patience, clientGone).ConfigureAwait(false);
                if (known is not null)
                {
                    return known;
                }
            }

            var mayFollow = request.CacheScan && round <= MostRounds;
            if (await ShareFlightAsync(request, passage, patience, mayFollow, clientGone).ConfigureAwait(false) is { } result)
            {
                return result;
            }
        }
    }

    private async Task<(Passage Passage, GateResult? Result)> AnswerFromKnownAsync(GateRequest request, Patience patience, CancellationToken clientGone)
    {
        var key = Representation.KeyOfContent(request);
        var started = _clock.GetTimestamp();
        var (knowledge, url, content) = await _known.FindAsync(key, clientGone).ConfigureAwait(false);
        var passage = new Passage(knowledge, Lookup: _clock.GetElapsedTime(started));
        if (content is not null && content.Verdict != Verdict.Clean)
        {
            return (passage, new GateResult.Refused(passage, content));
        }

        if (content is null || request.NeedsWholeFile || patience.Delivery == Delivery.Hold)
        {
            return (passage, null);
        }

        if (!_streams.Wait(TimeSpan.Zero, clientGone))
        {
            return (passage, new GateResult.Failed(passage, new Failure(FailureReason.Overloaded, "As many files as MaxStreams allows are being passed on.")));
        }

        var streamed = await StreamAsync(request, key, passage, url!, content, clientGone).ConfigureAwait(false);
        return (streamed is null ? passage with { Knowledge = Knowledge.Stale } : passage, streamed);
    }

    /// <summary>Passes on what has a clean verdict already; null when upstream's head shows that it is not that content any more.</summary>
    private async Task<GateResult?> StreamAsync(
        GateRequest request, UrlKey key, Passage passage, UrlRecord url, ContentRecord content, CancellationToken clientGone)
    {
        HeldBackBody? body = null;
        UpstreamResponse? response = null;
        try
        {
            var started = _clock.GetTimestamp();
            var answer = await _upstream.FetchAsync(new UpstreamRequest(request.Target, request.Headers), clientGone).ConfigureAwait(false);
            passage = passage with { Fetch = _clock.GetElapsedTime(started) };
            if (answer.Failure is { } failure)
            {
                return new GateResult.Failed(passage, failure);
            }

            response = answer.Response!;
            var head = UpstreamHead.Of(response);
            if (head.Status == 304)
            {
                return new GateResult.NotModified(passage, head);
            }

            if (!IsStill(url, head, response.ContentLength))
            {
                return null;
            }

            body = new HeldBackBody(response, url, _options.HoldBackBytes, changed: () => ForgetAsync(request, key), ended: () => _streams.Release());
            return new GateResult.Streamed(passage, head, body, content);
        }
        finally
        {
            if (body is null)
            {
                _streams.Release();
                if (response is not null)
                {
                    await response.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private ValueTask ForgetAsync(GateRequest request, UrlKey key)
    {
        _report.ContentChanged(request);
        return _known.ForgetAsync(key);
    }

    /// <summary>Whether upstream's head still fits the content that the verdict was given for. A content coding never does: none was recorded.</summary>
    private static bool IsStill(UrlRecord url, UpstreamHead head, long? length) =>
        head.Status == 200
        && (length is null || length == url.Size)
        && head.First("Content-Encoding") is null
        && (url.ETag is null || head.First("ETag") is not { } etag || etag == url.ETag);

    /// <returns>The answer; null when another process has found it, so that it is to be looked up.</returns>
    private async Task<GateResult?> ShareFlightAsync(
        GateRequest request, Passage passage, Patience patience, bool mayFollow, CancellationToken clientGone)
    {
        // Step 2: join the flight of the same answer, or start one
        for (string? sharedKey = Representation.KeyOfAnswer(request); ; sharedKey = null)
        {
            var flight = _flights.JoinOrStart(sharedKey, started => _course.RunAsync(request, passage.Knowledge, mayFollow, started), out var isShared);
            if (flight is null)
            {
                return new GateResult.Failed(passage, new Failure(FailureReason.Overloaded, "As many downloads as MaxFlights allows are under way."));
            }

            GateResult? result = null;
            try
            {
                result = await WaitAsync(flight, request, passage with { IsShared = isShared }, patience, canComeBack: sharedKey is not null, clientGone).ConfigureAwait(false);
                if (result is not null || flight.HasLandedElsewhere)
                {
                    return result;
                }
            }
            finally
            {
                if (result is not GateResult.Trickling)
                {
                    flight.Leave();
                }
            }
        }
    }

    /// <summary>Waits for a flight as its client can bear it; null when its answer turns out to be another client's alone, or to be looked up.</summary>
    /// <param name="canComeBack">Whether a later request of this client can join this flight.</param>
    private async Task<GateResult?> WaitAsync(
        Flight flight, GateRequest request, Passage passage, Patience patience, bool canComeBack, CancellationToken clientGone)
    {
        bool IsForOthers() => passage.IsShared && flight.HeadSoFar is { IsShareable: false };
        var isInTime = await patience.OutlastsAsync(passage.IsShared ? flight.Head : flight.Landing, clientGone).ConfigureAwait(false)
            && !IsForOthers()
            && await patience.OutlastsAsync(flight.Landing, clientGone).ConfigureAwait(false);
        if (!isInTime && !IsForOthers() && patience.Delivery == Delivery.Retry && canComeBack)
        {
            flight.ExpectAgain();
            return new GateResult.Failed(passage, new Failure(FailureReason.StillScanning, "The file is still being downloaded or scanned: ask again, and the answer will be there."));
        }

        while (!IsForOthers() && !flight.Landing.IsCompleted)
        {
            if (patience.Delivery == Delivery.Patience && flight.Incoming is { } body && body.Received > _options.HoldBackBytes)
            {
                flight.BeginTrickle();
                return new GateResult.Trickling(passage, body.Head, new PatientBody(flight, body, _options, _clock, Answer, end => _report.TrickleEnded(request, end)));
            }

            await Patience.EndsWithinAsync(flight.Landing, patience.Delivery == Delivery.Patience ? _options.TrickleInterval : Timeout.InfiniteTimeSpan, _clock, clientGone).ConfigureAwait(false);
        }

        return IsForOthers() || flight.HasLandedElsewhere ? null : Answer(await flight.Landing.ConfigureAwait(false));

        GateResult Answer(Landing landing) =>
            landing.AnswerTo(passage with { Knowledge = landing.Knowledge, Fetch = landing.Fetch, Scan = landing.Scan });
    }
}
