using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Lookup;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// What upstream's answer to a HEAD says of a stored answer that may change (RFC 9111 §4.3.5): it is the same, and its head is renewed, or
/// it is another one by now, and is asked about before it is given again.
/// </summary>
internal sealed class HeadUpdates(StoredAnswers stored, Invalidations invalidations)
{
    /// <param name="request">The HEAD, without its client's conditions.</param>
    /// <param name="head">Upstream's answer.</param>
    /// <param name="askedAt">When upstream was asked.</param>
    public async ValueTask TakeAsync(GateRequest request, UpstreamHead head, DateTimeOffset askedAt)
    {
        if (request.Freshness is null || head.Status != 200)
        {
            return;
        }

        var keys = request.Keys.Stored;
        using var file = (await stored.OpenAsync(keys, CancellationToken.None).ConfigureAwait(false)).File;
        if (file is null)
        {
            return;
        }

        var old = UpstreamHead.Of(file.Head);
        var renewed = Revalidation.Updated(old, head);
        if (IsSame(old, head)
            && stored.MayKeep(request, renewed, askedAt)
            && keys.VariesBy(renewed).SequenceEqual(keys.VariesBy(old)))
        {
            await stored.RefreshAsync(request, file.Sha256, renewed, askedAt).ConfigureAwait(false);
        }
        else if (old.Status == 200)
        {
            invalidations.Note(request.Target);
        }
    }

    /// <summary>Whether nothing in it speaks of other bytes; without any validator nothing says that they are the same either.</summary>
    private static bool IsSame(UpstreamHead old, UpstreamHead head) =>
        old.Status == 200
        && (head.First("ETag") ?? head.First("Last-Modified")) is not null
        && Array.TrueForAll(
            ["ETag", "Last-Modified", "Content-Length"], name => head.First(name) is not { } said || said == old.First(name));
}
