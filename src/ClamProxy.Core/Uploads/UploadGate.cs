using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// The one way of a request that may bring a body, and change something at upstream (contract §2):
/// <code>
///   request ──► 1 blocked by an operator? ──────────────────────────────────────► refused
///                 ▼
///               2 body into the spool ──too large, broken, slow, no room────────► refused or failed
///                 ▼
///               3 scanned, and each file in it ──not clean, no verdict──────────► refused or failed; upstream has seen nothing
///                 ▼
///               4 sent upstream, once ──no answer───────────────────────────────► failed
///                 ▼
///               5 answered without an error: what is kept of the URL is stale
///                 ▼
///               6 answer into the spool and scanned, never kept ──not clean─────► refused
///                 ▼
///               7 hand over
/// </code>
/// </summary>
public sealed class UploadGate
{
    private readonly ContentIntake _intake;
    private readonly ContentScanner _scanner;
    private readonly UploadScan _scan;
    private readonly UpstreamClient _upstream;
    private readonly FlightShares _shares;
    private readonly UrlLookup _urls;
    private readonly ForgottenUrls _forgotten;
    private readonly GateReport _report;
    private readonly UploadMetrics _metrics;
    private readonly UploadOptions _options;
    private readonly TimeProvider _clock;

    internal UploadGate(
        ContentIntake intake,
        ContentScanner scanner,
        UploadScan scan,
        UpstreamClient upstream,
        FlightShares shares,
        UrlLookup urls,
        ForgottenUrls forgotten,
        GateReport report,
        UploadMetrics metrics,
        UploadOptions options,
        TimeProvider clock) =>
        (_intake, _scanner, _scan, _upstream, _shares, _urls, _forgotten, _report, _metrics, _options, _clock) =
            (intake, scanner, scan, upstream, shares, urls, forgotten, report, metrics, options, clock);

    /// <summary>Takes a request to its end. The caller disposes of what comes back.</summary>
    /// <param name="request">What a client wants done.</param>
    /// <param name="clientGone">Ends it, at upstream too.</param>
    public async Task<UploadResult> SendAsync(UploadRequest request, CancellationToken clientGone)
    {
        ArgumentNullException.ThrowIfNull(request);
        UploadResult result;
        try
        {
            // Step 1: blocked by an operator?
            result = await _urls.HeedAsync(request.Gate).ConfigureAwait(false) is { } blocked
                ? new UploadResult(blocked)
                : await TakeAsync(request, clientGone).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (clientGone.IsCancellationRequested)
        {
            result = Failed(new Failure(FailureReason.ClientGone, "The client left.", e));
        }

        _report.Answered(request.Gate, result.Answer);
        _metrics.Ended(result);
        return result;
    }

    private static UploadResult Failed(Failure failure) => new(new GateResult.Failed(Trace, failure));

    private static AnswerTrace Trace { get; } = new(CacheOutcome.Method);

    private async Task<UploadResult> TakeAsync(UploadRequest request, CancellationToken clientGone)
    {
        if (request.Body is not { } body)
        {
            return await ForwardAsync(request, null, null, clientGone).ConfigureAwait(false);
        }

        // Nothing that a client chooses selects an exception: those for URLs are for what is downloaded from there.
        var subject = request.Gate.SubjectFor(WaitingClients.Of(request.Gate.Client)) with
        {
            Source = null,
            Codings = ContentCodings.Of(request.All("Content-Encoding")),
        };

        // Step 2: body into the spool
        var terms = new IntakeTerms(request.Length, subject.Clients, _scanner.TakesAnySize(subject));
        var taken = await _intake.TakeAsync(body, terms, clientGone).ConfigureAwait(false);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            var failure = ((IntakeResult.NotTaken)taken).Failure;
            return new UploadResult(Refusal(_scanner.DecideNotTaken(failure))!) { IsTooLarge = failure.Reason == FailureReason.TooLarge };
        }

        using (file)
        {
            // Step 3: scanned, and each file in it
            var decision = await _scan.RunAsync(subject, file, [.. request.All("Content-Type")], clientGone).ConfigureAwait(false);
            return Refusal(decision) is { } refusal
                ? new UploadResult(refusal)
                : await ForwardAsync(request, file, (ScanDecision.Judged)decision, clientGone).ConfigureAwait(false);
        }
    }

    /// <summary>What is answered where a body does not go upstream; null: it does.</summary>
    private static GateResult? Refusal(ScanDecision decision)
    {
        var trace = Trace with { Scan = decision.Duration, IsScanned = decision.Origin == VerdictOrigin.Scanned };
        return decision switch
        {
            ScanDecision.Refused { Verdict: var verdict } => new GateResult.Refused(trace, verdict),
            ScanDecision.Failed { Failure: var failure } => new GateResult.Failed(trace, failure),
            _ => null,
        };
    }

    /// <param name="request">What a client wants done.</param>
    /// <param name="file">Its body; null: it has none.</param>
    /// <param name="decision">The decision on the body.</param>
    /// <param name="clientGone">Ends it.</param>
    private async Task<UploadResult> ForwardAsync(
        UploadRequest request, SpoolFile? file, ScanDecision.Judged? decision, CancellationToken clientGone)
    {
        using var share = _shares.TryTake(request.Gate.Client, request.Gate.Target, out var full);
        if (share is null)
        {
            return Failed(full!);
        }

        // Step 4: sent upstream, once
        var started = _clock.GetTimestamp();
        using var span = FetchingTrace.Fetch(request.Gate.Target.TextWithoutQuery, attempt: 1);
        using var body = file?.OpenReader();
        var answer = await _upstream.FetchAsync(Message(request, body), clientGone).ConfigureAwait(false);
        span.Ended((answer as UpstreamAnswer.Failed)?.Failure);
        if (answer is UpstreamAnswer.Failed unanswered)
        {
            return Failed(unanswered.Failure);
        }

        var response = ((UpstreamAnswer.Answered)answer).Response;
        await using var _ = response.ConfigureAwait(false);
        var head = UpstreamHead.Of(response);
        if (head.Status == 304)
        {
            return Failed(new Failure(FailureReason.UpstreamProtocol, $"The upstream server answered 304 to a {request.Method}."));
        }

        // Step 5: what is kept of the URL is stale
        if (head.Status is >= 200 and < 400)
        {
            await MakeStaleAsync(request.Gate, head).ConfigureAwait(false);
        }

        // Step 6: answer into the spool and scanned. Step 7: hand over
        var result = await ScanAnswerAsync(request.Gate, response, head, started, clientGone).ConfigureAwait(false);
        return new UploadResult(result with { Trace = result.Trace with { Scan = result.Trace.Scan + (decision?.Duration ?? default) } })
        {
            Sent = decision?.Verdict,
            Length = file?.Length ?? 0,
        };
    }

    private UpstreamRequest Message(UploadRequest request, IContentReader? body) => new(request.Gate.Target, request.Gate.Headers)
    {
        Method = new HttpMethod(request.Method),
        Client = request.Gate.Client,
        Identity = request.Gate.Identity,
        AnswerWithin = _options.AnswerTimeout,

        // Without any body .NET's client sends a request again whose connection ends before the answer.
        Body = new UpstreamBody(() => body is null ? Stream.Null : new ContentStream(body), body?.Length ?? 0, request.BodyFields),
    };

    /// <summary>RFC 9111 §4.4: the URL itself, and those of the same origin that the answer says it is about.</summary>
    private async ValueTask MakeStaleAsync(GateRequest request, UpstreamHead head)
    {
        // With a freshness it has the keys of answers that may change, beside those of immutable files.
        var plain = request with { Headers = [], IsPrivate = false, Freshness = new(TimeSpan.Zero, TimeSpan.Zero) };
        await _forgotten.ChangedAsync(plain).ConfigureAwait(false);

        // Each may be there once (RFC 9110 §8.7, §10.2.2): of more the first counts, so that an answer ends no number of stored ones.
        foreach (var url in new[] { head.First("Location"), head.First("Content-Location") }.OfType<string>())
        {
            if (request.Target.TryRedirect(url, out _) is { } other && request.Target.HasSameOrigin(other))
            {
                await _forgotten.ChangedAsync(plain with { Target = other }).ConfigureAwait(false);
            }
        }
    }

    private async Task<GateResult> ScanAnswerAsync(
        GateRequest request, UpstreamResponse response, UpstreamHead head, long started, CancellationToken clientGone)
    {
        var codings = ContentCodings.Of(head.All("Content-Encoding"));
        var subject = request.SubjectFor(WaitingClients.Of(request.Client)) with
        {
            Codings = codings,
            MayReuse = request.KnowsContents && codings.AreNone,
            MayRecord = head.Status == 200 && codings.AreNone,
        };
        var terms = new IntakeTerms(response.ContentLength, subject.Clients, _scanner.TakesAnySize(subject));
        using var spool = _intake.Open(terms);
        var taken = await _intake.FillAsync(spool, terms, response.CopyToAsync, clientGone).ConfigureAwait(false);
        var trace = Trace with { Fetch = _clock.GetElapsedTime(started) };
        if (taken is not IntakeResult.Taken { File: var file })
        {
            var refusal = Refusal(_scanner.DecideNotTaken(((IntakeResult.NotTaken)taken).Failure))!;
            return refusal with { Trace = trace };
        }

        using (file)
        {
            var decision = await _scanner.ScanAsync(subject, file, clientGone).ConfigureAwait(false);
            trace = trace with { Scan = decision.Duration, IsScanned = decision.Origin == VerdictOrigin.Scanned };
            return decision switch
            {
                ScanDecision.Clean { Verdict: var clean } => new GateResult.Whole(trace, head, file.OpenReader(request.Client), clean),
                ScanDecision.Released { Verdict: var verdict, Release: var release } =>
                    new GateResult.Whole(trace, head, file.OpenReader(request.Client), verdict) { Release = release },
                _ => Refusal(decision)!,
            };
        }
    }
}
