using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>Steps 3 to 7 of the way that <see cref="ContentGate"/> draws: what one flight does, whoever waits for it.</summary>
internal sealed class FlightCourse(
    UpstreamClient upstream,
    FlightShares shares,
    SpoolFolder spools,
    ContentScan scan,
    KnownVerdicts known,
    StoredAnswers stored,
    StoredRescan rescan,
    ContentStore store,
    IFlightLeases leases,
    ReleaseRules rules,
    GateOptions options,
    GateReport report,
    TimeProvider clock)
{
    /// <param name="mayFollow">Whether another process may do the work: what it finds counts for requests that may be answered by earlier verdicts.</param>
    public async Task<Landing> RunAsync(GateRequest request, Knowledge knowledge, bool mayFollow, Flight flight)
    {
        if (request.FinishAbandoned)
        {
            flight.StayOnCourse();
        }

        if (!mayFollow)
        {
            return await DownloadAsync(request, knowledge, null, flight).ConfigureAwait(false);
        }

        await using var lead = await FlightLead.TakeAsync(
            leases, Representation.KeyOfContent(request), options.FollowFor, clock, flight.Cancelled).ConfigureAwait(false);
        return lead is null || (knowledge == Knowledge.Miss && await IsKnownByNowAsync(request, flight.Cancelled).ConfigureAwait(false))
            ? Landing.Elsewhere
            : await DownloadAsync(request, knowledge, lead, flight).ConfigureAwait(false);
    }

    /// <summary>Nothing was known when this request looked; a flight that landed between its look and its turn may have changed that.</summary>
    private async ValueTask<bool> IsKnownByNowAsync(GateRequest request, CancellationToken cancelled)
    {
        var key = Representation.KeyOfContent(request);
        var answer = await stored.FindAsync(key, cancelled).ConfigureAwait(false);
        using var file = answer.File;
        return answer.Verdict is not null || (await known.FindAsync(key, cancelled).ConfigureAwait(false)).Content is not null;
    }

    /// <summary>Scans a stored file again, whose verdict is older than the signatures: nothing is downloaded.</summary>
    public async Task<Landing> RescanAsync(GateRequest request, UrlKey key, Flight flight)
    {
        if (await store.OpenAsync(key, flight.Cancelled).ConfigureAwait(false) is not { } file)
        {
            return Landing.Elsewhere;
        }

        var handedOver = false;
        try
        {
            // Stale when this request looked; a scan that ended between its look and its turn may have changed that.
            if (known.IsCurrent(file.Verdict))
            {
                return Landing.Elsewhere;
            }

            var head = UpstreamHead.Of(file.Head);
            flight.BodyIsComing(IncomingBody.Of(head, file));
            flight.HeadIsKnown(head);
            flight.StayOnCourse();
            var (verdict, failure) = await rescan.RunAsync(file, request.Client, isBackground: false, flight.Cancelled).ConfigureAwait(false);
            if (failure is not null)
            {
                return Landing.Failed(failure);
            }

            var release = rules.Find(request.Target, request.Policy, verdict!);
            handedOver = verdict!.Verdict == Verdict.Clean || release is not null;
            return verdict.Verdict == Verdict.Clean
                ? Landing.StillClean(head, file, verdict, new StoredPlace(file.Location, clock.GetUtcNow() - file.StoredAt))
                : Landed(head, file, verdict, release) with { Knowledge = Knowledge.Stored };
        }
        finally
        {
            if (!handedOver)
            {
                file.Dispose();
            }
        }
    }

    private async Task<Landing> DownloadAsync(GateRequest request, Knowledge knowledge, FlightLead? lead, Flight flight)
    {
        using var share = shares.TryTake(request.Client, request.Target, out var full);
        if (share is null)
        {
            return Landing.Failed(full!) with { Knowledge = knowledge };
        }

        var cancelled = flight.Cancelled;
        var started = clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            // Step 3: download
            var answer = await upstream.FetchAsync(new UpstreamRequest(request.Target, request.Headers), cancelled).ConfigureAwait(false);
            if (answer.Failure is not null)
            {
                return Landing.Failed(answer.Failure) with { Knowledge = knowledge };
            }

            await using var response = answer.Response!;
            if (share.MoveTo(response.FinalTarget) is { } elsewhereFull)
            {
                return Landing.Failed(elsewhereFull) with { Knowledge = knowledge };
            }

            var head = UpstreamHead.Of(response);
            if (head.Status == 304)
            {
                return Landing.NotModified(head) with { Knowledge = knowledge, Fetch = clock.GetElapsedTime(started) };
            }

            // Step 4: spool and hash the body
            var takesAnySize = rules.TakesAnySize(request.Policy);
            using var spool = spools.Create(response.ContentLength, takesAnySize);
            flight.BodyIsComing(IncomingBody.Of(head, response.ContentLength, spool));
            flight.HeadIsKnown(head);
            if (lead is not null && !(head.Status == 200 && head.IsShareable))
            {
                await lead.DisposeAsync().ConfigureAwait(false);
            }

            var failure = (takesAnySize ? null : spools.Refuse(response.ContentLength)) ?? await response.CopyToAsync(spool.WriteAsync, cancelled).ConfigureAwait(false);
            var fetched = clock.GetElapsedTime(started);
            if (failure is null)
            {
                flight.StayOnCourse();
                var landing = await JudgeAsync(request, head, spool.Complete(), knowledge, lead, cancelled).ConfigureAwait(false);
                return landing with { Fetch = fetched };
            }

            if (failure.Reason == FailureReason.TooLarge)
            {
                return Refused(head, UnscannableReason.TooLarge, failure.Detail, "") with { Knowledge = knowledge, Fetch = fetched };
            }

            if (!failure.Reason.Facts().IsRetryable || attempt == options.DownloadAttempts)
            {
                return Landing.Failed(failure) with { Knowledge = knowledge, Fetch = fetched };
            }

            report.DownloadRestarted(request, failure);
        }
    }

    private async Task<Landing> JudgeAsync(
        GateRequest request, UpstreamHead head, SpoolFile body, Knowledge knowledge, FlightLead? lead, CancellationToken cancelled)
    {
        var handedOver = false;
        try
        {
            if (!ContentCoding.TryParse(head.All("Content-Encoding"), out var codings, out var problem))
            {
                return Refused(head, UnscannableReason.Coding, problem!, await body.Sha256.ConfigureAwait(false)) with { Knowledge = knowledge };
            }

            // Step 5: known verdict of the content? A coded body's hash says nothing of what a client decodes from it.
            var isRecorded = head.Status == 200 && codings.Count == 0;
            var verdict = isRecorded && request.CacheScan ? await FindAsync(body, lead, cancelled).ConfigureAwait(false) : null;
            var scanned = TimeSpan.Zero;
            knowledge = verdict is null ? knowledge : Knowledge.ByContent;

            // Step 6: clamd
            if (verdict is null)
            {
                var started = clock.GetTimestamp();
                (verdict, var failure) = spools.Refuse(body.Length) is { } tooLarge
                    ? (ScanVerdict.Unscannable(UnscannableReason.TooLarge, tooLarge.Detail, await body.Sha256.ConfigureAwait(false), clock.GetUtcNow()), null)
                    : await scan.RunAsync(body, codings, request.Client, cancelled).ConfigureAwait(false);
                scanned = clock.GetElapsedTime(started);
                if (failure is not null)
                {
                    return Landing.Failed(failure) with { Knowledge = knowledge, Scan = scanned };
                }

                report.Scanned(request, body, verdict!, scanned);
            }

            // Step 7: keep the file, record the verdict. In this order: who finds the verdict and no file asks upstream for it.
            if (verdict is { Verdict: Verdict.Clean } && lead is not { IsLost: true })
            {
                await stored.KeepAsync(request, head, verdict, body, cancelled).ConfigureAwait(false);
            }

            if (isRecorded && ScanVerdict.IsLasting(verdict!))
            {
                var key = head.IsShareable ? Representation.KeyOfContent(request) : (UrlKey?)null;
                await known.RecordAsync(key, head, body.Length, verdict!, lead?.Fence, cancelled).ConfigureAwait(false);
            }

            var release = rules.Find(request.Target, request.Policy, verdict!);
            handedOver = verdict!.Verdict == Verdict.Clean || release is not null;
            return (verdict.Verdict == Verdict.Clean ? Landing.Clean(head, body, verdict) : Landed(head, body, verdict, release))
                with
            { Knowledge = knowledge, Scan = scanned };
        }
        finally
        {
            if (!handedOver)
            {
                body.Dispose();
            }
        }
    }

    private async ValueTask<ContentRecord?> FindAsync(SpoolFile body, FlightLead? lead, CancellationToken cancelled)
    {
        var sha256 = await body.Sha256.ConfigureAwait(false);
        var verdict = await known.FindAsync(sha256, cancelled).ConfigureAwait(false);
        return verdict is null && lead is not null && await lead.WaitForLeaderAsync(options.FollowScanFor, clock, cancelled).ConfigureAwait(false)
            ? await known.FindAsync(sha256, cancelled).ConfigureAwait(false)
            : verdict;
    }

    private static Landing Landed(UpstreamHead head, ISharedContent body, ContentRecord verdict, Release? release) =>
        release is null ? Landing.Refused(head, verdict) : Landing.Released(head, body, verdict, release);

    private Landing Refused(UpstreamHead head, UnscannableReason reason, string detail, string sha256) =>
        Landing.Refused(head, ScanVerdict.Unscannable(reason, detail, sha256, clock.GetUtcNow()));
}
