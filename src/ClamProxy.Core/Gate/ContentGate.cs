using ClamProxy.Core.Clamd;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
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
    private readonly UpstreamClient _upstream;
    private readonly SpoolFolder _spool;
    private readonly ContentScan _scan;
    private readonly KnownVerdicts _known;
    private readonly FlightTable _flights;
    private readonly SemaphoreSlim _streams;
    private readonly GateOptions _options;
    private readonly GateReport _report;
    private readonly TimeProvider _clock;

    public ContentGate(
        UpstreamClient upstream,
        SpoolFolder spool,
        ClamdPool scanners,
        IVerdictStore verdicts,
        GateOptions options,
        GateMetrics metrics,
        ILogger<ContentGate> logger,
        TimeProvider clock)
    {
        _upstream = upstream;
        _spool = spool;
        _scan = new ContentScan(scanners, spool.MaxFileSize, clock);
        _options = options;
        _clock = clock;
        _known = new KnownVerdicts(verdicts, scanners);
        _flights = new FlightTable(options.MaxFlights);
        _streams = new SemaphoreSlim(options.MaxStreams);
        _report = new GateReport(metrics, logger);
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

        var (_, _, content) = await _known.FindAsync(KeyOf(request), clientGone).ConfigureAwait(false);
        return content is null or { Verdict: Verdict.Clean } ? null : content;
    }

    public void Dispose()
    {
        _flights.Dispose();
        _streams.Dispose();
    }

    private static UrlKey KeyOf(GateRequest request) =>
        UrlKey.For(request.Target.Text, Representation.ContentSelectors(request.Headers));

    private async Task<GateResult> AnswerAsync(GateRequest request, CancellationToken clientGone)
    {
        var passage = new Passage(Knowledge.NotAsked);

        // Step 1: known verdict of the URL?
        if (request.CacheScan)
        {
            var key = KeyOf(request);
            var started = _clock.GetTimestamp();
            var (knowledge, url, content) = await _known.FindAsync(key, clientGone).ConfigureAwait(false);
            passage = passage with { Knowledge = knowledge, Lookup = _clock.GetElapsedTime(started) };
            if (content is not null && content.Verdict != Verdict.Clean)
            {
                return new GateResult.Refused(passage, content);
            }

            if (content is not null && !request.NeedsWholeFile)
            {
                if (!_streams.Wait(TimeSpan.Zero, clientGone))
                {
                    return new GateResult.Failed(passage, new Failure(FailureReason.Overloaded, "As many files as MaxStreams allows are being passed on."));
                }

                var streamed = await StreamAsync(request, key, passage, url!, content, clientGone).ConfigureAwait(false);
                if (streamed is not null)
                {
                    return streamed;
                }

                passage = passage with { Knowledge = Knowledge.Stale };
            }
        }

        return await ShareFlightAsync(request, passage, clientGone).ConfigureAwait(false);
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

    private async Task<GateResult> ShareFlightAsync(GateRequest request, Passage passage, CancellationToken clientGone)
    {
        // Step 2: join the flight of the same answer, or start one
        var key = $"{request.CacheScan}:{UrlKey.For(request.Target.Text, Representation.AnswerSelectors(request.Headers))}";
        for (string? sharedKey = key; ; sharedKey = null)
        {
            var flight = _flights.JoinOrStart(sharedKey, started => FlyAsync(request, passage.Knowledge, started), out var isShared);
            if (flight is null)
            {
                return new GateResult.Failed(passage, new Failure(FailureReason.Overloaded, "As many downloads as MaxFlights allows are under way."));
            }

            try
            {
                var isForAll = !isShared || await flight.Head.WaitAsync(clientGone).ConfigureAwait(false) is not { IsShareable: false };
                var landing = isForAll ? await flight.Landing.WaitAsync(clientGone).ConfigureAwait(false) : null;
                if (landing is not null && (!isShared || landing.Head is not { IsShareable: false }))
                {
                    return landing.AnswerTo(passage with { Knowledge = landing.Knowledge, IsShared = isShared, Fetch = landing.Fetch, Scan = landing.Scan });
                }
            }
            finally
            {
                flight.Leave();
            }
        }
    }

    private async Task<Landing> FlyAsync(GateRequest request, Knowledge knowledge, Flight flight)
    {
        var cancelled = flight.Cancelled;
        var started = _clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            // Step 3: download
            var answer = await _upstream.FetchAsync(new UpstreamRequest(request.Target, request.Headers), cancelled).ConfigureAwait(false);
            if (answer.Failure is not null)
            {
                return Landing.Failed(answer.Failure) with { Knowledge = knowledge };
            }

            await using var response = answer.Response!;
            var head = UpstreamHead.Of(response);
            flight.HeadIsKnown(head);
            if (head.Status == 304)
            {
                return Landing.NotModified(head) with { Knowledge = knowledge, Fetch = _clock.GetElapsedTime(started) };
            }

            // Step 4: spool and hash the body
            using var spool = _spool.Create(response.ContentLength);
            var failure = _spool.Refuse(response.ContentLength) ?? await response.CopyToAsync(spool.WriteAsync, cancelled).ConfigureAwait(false);
            var fetched = _clock.GetElapsedTime(started);
            if (failure is null)
            {
                flight.StayOnCourse();
                var landing = await JudgeAsync(request, head, spool.Complete(), knowledge, cancelled).ConfigureAwait(false);
                return landing with { Fetch = fetched };
            }

            if (failure.Reason == FailureReason.TooLarge)
            {
                return Landing.Refused(head, ScanVerdict.Unscannable(UnscannableReason.TooLarge, failure.Detail, "", _clock.GetUtcNow()))
                    with
                { Knowledge = knowledge, Fetch = fetched };
            }

            if (!failure.Reason.Facts().IsRetryable || attempt == _options.DownloadAttempts)
            {
                return Landing.Failed(failure) with { Knowledge = knowledge, Fetch = fetched };
            }

            _report.DownloadRestarted(request, failure);
        }
    }

    private async Task<Landing> JudgeAsync(
        GateRequest request, UpstreamHead head, SpoolFile body, Knowledge knowledge, CancellationToken cancelled)
    {
        var handedOver = false;
        try
        {
            if (!ContentCoding.TryParse(head.All("Content-Encoding"), out var codings, out var problem))
            {
                return Landing.Refused(head, ScanVerdict.Unscannable(UnscannableReason.Coding, problem!, await body.Sha256.ConfigureAwait(false), _clock.GetUtcNow()))
                    with
                { Knowledge = knowledge };
            }

            // Step 5: known verdict of the content? A coded body's hash says nothing of what a client decodes from it.
            var isRecorded = head.Status == 200 && codings.Count == 0;
            var verdict = isRecorded && request.CacheScan ? await _known.FindAsync(await body.Sha256.ConfigureAwait(false), cancelled).ConfigureAwait(false) : null;
            var scan = TimeSpan.Zero;
            knowledge = verdict is null ? knowledge : Knowledge.ByContent;

            // Step 6: clamd
            if (verdict is null)
            {
                var started = _clock.GetTimestamp();
                (verdict, var failure) = await _scan.RunAsync(body, codings, cancelled).ConfigureAwait(false);
                scan = _clock.GetElapsedTime(started);
                if (failure is not null)
                {
                    return Landing.Failed(failure) with { Knowledge = knowledge, Scan = scan };
                }

                _report.Scanned(request, body, verdict!, scan);
            }

            // Step 7: record the verdict
            if (isRecorded && ScanVerdict.IsLasting(verdict!))
            {
                await _known.RecordAsync(head.IsShareable ? KeyOf(request) : null, head, body.Length, verdict!, cancelled).ConfigureAwait(false);
            }

            // Step 8: hand over
            handedOver = verdict!.Verdict == Verdict.Clean;
            return (handedOver ? Landing.Clean(head, body, verdict) : Landing.Refused(head, verdict)) with { Knowledge = knowledge, Scan = scan };
        }
        finally
        {
            if (!handedOver)
            {
                body.Dispose();
            }
        }
    }
}
