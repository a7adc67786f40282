using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Files;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Steps 5 to 7 of the way that <see cref="ContentGate"/> draws: the verdict on a body that is here, and what is done with it.</summary>
internal sealed class FlightVerdict(
    SpoolFolder spools,
    EngineScan scan,
    VerdictLookup known,
    StoredAnswers stored,
    ReleaseRules rules,
    GateOptions options,
    GateReport report,
    TimeProvider clock)
{
    /// <summary>Whether a body is taken although it is larger than the scanner may be asked about: then it may pass unscanned.</summary>
    public bool TakesAnySize(GateRequest request) => rules.TakesAnySize(request.Target, request.Policy);

    /// <summary>The end of a body that was not taken, since it is too large.</summary>
    public FlightResult TooLarge(UpstreamHead head, Failure failure) =>
        FlightResult.Refused(head, ScanVerdict.Unscannable(UnscannableReason.TooLarge, failure.Detail, "", clock.GetUtcNow()));

    /// <param name="request">What was asked for.</param>
    /// <param name="head">What came before the body.</param>
    /// <param name="body">The body; it goes with the landing, or is disposed of.</param>
    /// <param name="cache">What was known before.</param>
    /// <param name="expected">What the URL led to when its content was found clean; null: nothing that counts is known of it.</param>
    /// <param name="lead">This flight's part among the processes that share one Redis; null: it is alone.</param>
    /// <param name="clients">Who waits for it.</param>
    /// <param name="cancelled">Ends the wait.</param>
    public async Task<FlightResult> JudgeAsync(
        GateRequest request,
        UpstreamHead head,
        SpoolFile body,
        CacheOutcome cache,
        UrlRecord? expected,
        FlightLead? lead,
        WaitingClients clients,
        CancellationToken cancelled)
    {
        var handedOver = false;
        try
        {
            var isDecodable = ContentCoding.TryParse(head.All("Content-Encoding"), out var codings, out var problem);

            // Step 5: known verdict of the content? A coded body's hash says nothing of what a client decodes from it.
            var isRecorded = isDecodable && head.Status == 200 && codings.Count == 0;
            var isAsExpected = isRecorded && expected is not null && await IsAsExpectedAsync(request, expected, body).ConfigureAwait(false);
            var verdict = isRecorded && request.CacheScan ? await FindAsync(body, lead, cancelled).ConfigureAwait(false) : null;
            var scanned = TimeSpan.Zero;
            cache = verdict is null ? cache : isAsExpected ? CacheOutcome.ByUrl : CacheOutcome.ByContent;

            // Step 6: clamd
            if (verdict is null)
            {
                var started = clock.GetTimestamp();
                (verdict, var failure) = isDecodable
                    ? await ScanAsync(body, codings, clients, cancelled).ConfigureAwait(false)
                    : (await UnscannableAsync(UnscannableReason.Coding, problem!, body).ConfigureAwait(false), null);
                scanned = clock.GetElapsedTime(started);
                if (failure is not null)
                {
                    return FlightResult.Failed(failure) with { Cache = cache, Scan = scanned };
                }

                report.Scanned(request, body, verdict!, scanned);
            }

            // Step 7: keep the file, record the verdict. In this order: who finds the verdict and no file asks upstream for it.
            if (verdict is { Verdict: Verdict.Clean } && lead is not { IsLost: true })
            {
                await stored.KeepAsync(request, head, verdict, body, cancelled).ConfigureAwait(false);
            }

            if (isRecorded && !head.IsFramed && (request.CacheScan || request.Freshness is not null))
            {
                report.NotKept(request);
            }

            if (isRecorded && cache != CacheOutcome.ByUrl && ScanVerdict.IsLasting(verdict!))
            {
                var isForAll = head is { IsShareable: true, IsFramed: true } && Representation.SpeaksForAll(request);
                var key = isForAll ? Representation.KeyOfContent(request) : (UrlKey?)null;
                await known.RecordAsync(key, head, body.Length, verdict!, lead?.Fence, cancelled).ConfigureAwait(false);
            }

            var flightResult = verdict!.Verdict == Verdict.Clean ? FlightResult.Clean(head, body, verdict) : NotClean(request, head, body, verdict);
            handedOver = flightResult.Body is not null;
            return flightResult with { Cache = cache, Scan = scanned };
        }
        finally
        {
            if (!handedOver)
            {
                body.Dispose();
            }
        }
    }

    /// <summary>The end of a body that is not clean: it goes on only where a policy or an exception says so.</summary>
    public FlightResult NotClean(GateRequest request, UpstreamHead head, ISharedContent body, ContentRecord verdict) =>
        rules.Find(request.Target, request.Policy, verdict) is { } release ? FlightResult.Released(head, body, verdict, release) : FlightResult.Refused(head, verdict);

    /// <summary>Whether it is the content that the URL led to before. If it is another one, the old verdict is dropped in any case.</summary>
    private async ValueTask<bool> IsAsExpectedAsync(GateRequest request, UrlRecord expected, SpoolFile body)
    {
        if (await body.Sha256.ConfigureAwait(false) == expected.Sha256)
        {
            return true;
        }

        report.ContentChanged(request);
        await known.ForgetAsync(Representation.KeyOfContent(request)).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<ContentRecord?> FindAsync(SpoolFile body, FlightLead? lead, CancellationToken cancelled)
    {
        var sha256 = await body.Sha256.ConfigureAwait(false);
        var verdict = await known.FindAsync(sha256, cancelled).ConfigureAwait(false);
        return verdict is null && lead is not null && await lead.WaitForLeaderAsync(options.FollowScanFor, clock, cancelled).ConfigureAwait(false)
            ? await known.FindAsync(sha256, cancelled).ConfigureAwait(false)
            : verdict;
    }

    private async Task<(ContentRecord? Verdict, Failure? Failure)> ScanAsync(
        SpoolFile body, IReadOnlyList<Coding> codings, WaitingClients clients, CancellationToken cancelled) =>
        spools.Refuse(body.Length) is { } tooLarge
            ? (await UnscannableAsync(UnscannableReason.TooLarge, tooLarge.Detail, body).ConfigureAwait(false), null)
            : await scan.RunAsync(body, codings, clients, cancelled).ConfigureAwait(false);

    private async Task<ContentRecord> UnscannableAsync(UnscannableReason reason, string detail, SpoolFile body) =>
        ScanVerdict.Unscannable(reason, detail, await body.Sha256.ConfigureAwait(false), clock.GetUtcNow());
}
