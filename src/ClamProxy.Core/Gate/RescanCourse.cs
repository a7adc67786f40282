using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>What a flight does that scans a stored file again, whose verdict is older than the signatures: nothing is downloaded.</summary>
internal sealed class RescanCourse(ContentStore store, KnownVerdicts known, StoredRescan rescan, FlightJudge judge, TimeProvider clock)
{
    public async Task<Landing> RunAsync(GateRequest request, UrlKey key, Flight flight)
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

            var landing = verdict!.Verdict == Verdict.Clean
                ? Landing.StillClean(head, file, verdict, new StoredPlace(file.Location, clock.GetUtcNow() - file.StoredAt))
                : judge.NotClean(request, head, file, verdict) with { Knowledge = Knowledge.Stored };
            handedOver = landing.Body is not null;
            return landing;
        }
        finally
        {
            if (!handedOver)
            {
                file.Dispose();
            }
        }
    }
}
