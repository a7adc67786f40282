using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// Steps 5 to 7 of the way that <see cref="ContentGate"/> draws: the scanner decides on a body that is here, and what is known of its URL
/// from now on is kept.
/// </summary>
internal sealed class FlightVerdict(ContentScanner scanner, UrlVerdicts urls, StoredAnswers stored, GateReport report)
{
    /// <summary>Whether a body is taken although it is larger than the scanner may be asked about: then it may pass unscanned.</summary>
    public bool TakesAnySize(FlightOrder order) => scanner.TakesAnySize(order.Request.SubjectFor(order.Flight.Clients));

    /// <summary>The end of a body that was not taken, since it is too large.</summary>
    public FlightResult TooLarge(UpstreamHead head, Failure failure) => ResultOf(scanner.DecideNotTaken(failure), head, null);

    /// <param name="order">What the download was for.</param>
    /// <param name="head">What came before the body.</param>
    /// <param name="body">The body; it goes with the result, or is disposed of.</param>
    public async Task<FlightResult> JudgeAsync(FlightOrder order, UpstreamHead head, SpoolFile body)
    {
        var handedOver = false;
        try
        {
            var (request, cancelled) = (order.Request, order.Flight.Cancelled);
            var codings = ContentCodings.Of(head.All("Content-Encoding"));
            var isRecorded = head.Status == 200 && codings.AreNone;
            // A verdict by the bytes counts for an error's page too, where such are kept.
            var isKnownByContent = head.Status == 200 || request.Freshness is not null;
            var isAsExpected = isRecorded
                && order.Expected is not null
                && await IsAsExpectedAsync(request, order.Expected, body).ConfigureAwait(false);
            var subject = request.SubjectFor(order.Flight.Clients) with
            {
                Codings = codings,
                MayReuse = isKnownByContent && request.MayReuseVerdicts,
                MayRecord = isKnownByContent,
            };

            // Step 5: known verdict of the content? Step 6: clamd. The first half of step 7: record the verdict by the content.
            var decision = await scanner.ScanAsync(subject, body, cancelled).ConfigureAwait(false);
            head = head.WithDecoded((decision as ScanDecision.Judged)?.Decoded);
            var cache = decision.Origin != VerdictOrigin.Known ? order.Cache : isAsExpected ? CacheOutcome.ByUrl : CacheOutcome.ByContent;

            // Step 7: keep the file, record the verdict by the URL. In this order: who finds the URL's verdict and no file asks upstream
            // for it.
            var keep = KeepOutcome.NotMeant;
            if (decision is ScanDecision.Judged { Verdict: var verdict } judged)
            {
                using var span = FetchingTrace.Record();
                keep = await KeepAsync(order, head, body, verdict).ConfigureAwait(false);
                span.Kept(keep);
                report.Kept(request, keep);
                if (isRecorded && cache != CacheOutcome.ByUrl)
                {
                    await RecordAsync(order, head, body.Length, verdict).ConfigureAwait(false);
                }
                else if (!codings.AreNone && head.Status == 200 && request.Freshness is not null)
                {
                    await RecordCodedAsync(order, head, body.Length, judged).ConfigureAwait(false);
                }
            }

            var result = ResultOf(decision, head, body);
            handedOver = result is FlightResult.Delivered;
            return result with
            {
                Cache = cache,
                Scan = decision.Duration,
                IsScanned = decision.Origin == VerdictOrigin.Scanned,
                Keep = keep,
            };
        }
        finally
        {
            if (!handedOver)
            {
                body.Dispose();
            }
        }
    }

    private static FlightResult ResultOf(ScanDecision decision, UpstreamHead head, SpoolFile? body) => decision switch
    {
        ScanDecision.Clean clean => new FlightResult.Delivered(head, body!, clean.Verdict),
        ScanDecision.Released released => new FlightResult.Delivered(head, body!, released.Verdict) { Release = released.Release },
        ScanDecision.Refused refused => new FlightResult.Refused(head, refused.Verdict),
        ScanDecision.Failed failed => new FlightResult.Failed(failed.Failure),
        _ => throw new InvalidOperationException($"a decision of a kind nobody knows: {decision.GetType()}"),
    };

    /// <summary>
    /// Whether it is the content that the URL led to before. If it is another one, the old verdict is dropped in any case.
    /// </summary>
    private async ValueTask<bool> IsAsExpectedAsync(GateRequest request, UrlRecord expected, SpoolFile body)
    {
        if (await body.Sha256.ConfigureAwait(false) == expected.Sha256)
        {
            return true;
        }

        report.ContentChanged(request);
        await urls.ForgetAsync(request.Keys.Content, expected).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<KeepOutcome> KeepAsync(FlightOrder order, UpstreamHead head, SpoolFile body, ContentRecord verdict)
    {
        if (order.HasOld && !CacheableStatus.IsAboutTheFile(head.Status))
        {
            return KeepOutcome.NotMeant;
        }

        if (verdict.Verdict == Verdict.Clean && order.Lead is not { IsLost: true })
        {
            return await stored.KeepAsync(
                order.Request, head, verdict, body, order.AskedAt, order.Flight.Cancelled).ConfigureAwait(false);
        }

        // Its verdict is not recorded by the URL either, which is worth a word whatever it is.
        return stored.Judge(order.Request, head, order.AskedAt) is KeepOutcome.EndByClose ? KeepOutcome.EndByClose : KeepOutcome.NotMeant;
    }

    /// <summary>
    /// A clean verdict by the URL is for bytes that are compared with it, which coded ones are not; a bad one holds by the form that is
    /// bad, until the URL has another answer.
    /// </summary>
    private async ValueTask RecordCodedAsync(FlightOrder order, UpstreamHead head, long length, ScanDecision.Judged judged)
    {
        if (judged.Verdict.Verdict == Verdict.Clean)
        {
            await urls.ForgetAsync(order.Request.Keys.Content.Of(order.Varies)).ConfigureAwait(false);
        }
        else
        {
            await RecordAsync(
                order,
                head,
                judged is { Deciding: not null, Decoded: { } decoded } ? decoded.Length : length,
                judged.Deciding ?? judged.Verdict).ConfigureAwait(false);
        }
    }

    private async ValueTask RecordAsync(FlightOrder order, UpstreamHead head, long length, ContentRecord verdict)
    {
        if (ScanVerdict.IsLasting(verdict) && head is { IsShareable: true, IsFramed: true } && Representation.SpeaksForAll(order.Request))
        {
            await urls.RecordAsync(
                order.Request.Keys.Content,
                head,
                length,
                verdict,
                order.Lead?.Fence,
                order.Request.Keys.Content.Of(order.Varies),
                order.Flight.Cancelled).ConfigureAwait(false);
        }
    }
}
