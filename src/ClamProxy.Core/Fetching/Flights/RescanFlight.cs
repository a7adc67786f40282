using ClamProxy.Core.Compression;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>What a flight does that scans a stored file again, whose verdict is older than the signatures: nothing is downloaded.</summary>
internal sealed class RescanFlight(StoredAnswers answers, VerdictLookup known, StoredRescan rescan, TimeProvider clock)
{
    public async Task<FlightResult> RunAsync(GateRequest request, Flight flight)
    {
        var (stored, _) = await answers.OpenAsync(request.Keys.Content, flight.Cancelled).ConfigureAwait(false);
        if (stored is null)
        {
            return new FlightResult.Elsewhere();
        }

        // Stale when this request looked; a scan that ended between its look and its turn may have changed that.
        using var file = stored;
        return known.IsCurrent(file.Verdict)
            ? new FlightResult.Elsewhere()
            : await LandAsync(request, file, file.Verdict, UpstreamHead.Of(file.Head), file.StoredAt, flight).ConfigureAwait(false);
    }

    /// <summary>Lands with a stored file; it is scanned again first, if its verdict does not count any more.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="file">The file; the landing has a hold of its own.</param>
    /// <param name="last">The newest verdict of it.</param>
    /// <param name="head">The head that goes with it.</param>
    /// <param name="since">Since when it is upstream's answer.</param>
    /// <param name="flight">The flight.</param>
    public async Task<FlightResult> LandAsync(
        GateRequest request, StoredFile file, ContentRecord last, UpstreamHead head, DateTimeOffset since, Flight flight)
    {
        if (known.IsCurrent(last))
        {
            return Clean(last);
        }

        flight.BodyIsComing(IncomingBody.Of(head, file));
        flight.HeadIsKnown(head);
        flight.StayOnCourse();
        var subject = request.SubjectFor(flight.Clients) with { Codings = ContentCodings.Of(head.All("Content-Encoding")) };
        var decision = await rescan.RunAsync(subject, file, flight.Cancelled).ConfigureAwait(false);
        if (decision is ScanDecision.Clean { Decoded: { } decoded } && !request.Directives.NoStore)
        {
            head = head.WithDecoded(decoded);
            await answers.RefreshAsync(request, file.Sha256, head, since).ConfigureAwait(false);
        }

        FlightResult result = decision switch
        {
            ScanDecision.Clean clean => Clean(clean.Verdict),
            ScanDecision.Released released =>
                new FlightResult.Delivered(head, file.Hold(), released.Verdict) { Release = released.Release, Cache = CacheOutcome.Stored },
            ScanDecision.Refused refused =>
                new FlightResult.Refused(head, refused.Verdict) { Cache = CacheOutcome.Stored, Deciding = refused.Deciding },
            ScanDecision.Failed failed => new FlightResult.Failed(failed.Failure),
            var other => throw new InvalidOperationException($"a decision of a kind nobody knows: {other.GetType()}"),
        };
        return result with { IsScanned = decision.Origin == VerdictOrigin.Scanned };

        FlightResult Clean(ContentRecord clean) => new FlightResult.Delivered(head, file.Hold(), clean)
        {
            Place = new StoredPlace(file.Location, CurrentAge.Of(head, since, clock.GetUtcNow())),
            Cache = CacheOutcome.Stored,
        };
    }
}
