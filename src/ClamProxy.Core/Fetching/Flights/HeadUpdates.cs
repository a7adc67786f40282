using System.Globalization;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Lookup;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// What upstream's answer to a HEAD says of a stored answer that may change (RFC 9111 §4.3.5): it is the same, and its head is renewed, or
/// it is another one by now, and is asked about before it is given again. Where neither is said nothing changes.
/// </summary>
internal sealed class HeadUpdates(StoredAnswers stored, Invalidations invalidations)
{
    /// <param name="request">The HEAD, without its client's conditions.</param>
    /// <param name="head">Upstream's answer.</param>
    /// <param name="askedAt">When upstream was asked.</param>
    public async ValueTask TakeAsync(GateRequest request, UpstreamHead head, DateTimeOffset askedAt)
    {
        if (request.Freshness is null || request.Directives.NoStore || head.Status != 200)
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
        if (old.Status != 200)
        {
            return;
        }

        // The stored length is that of the bytes, which their own head need not say; nginx codes no HEAD, whose length is another then.
        var isAnother = !Revalidation.IsAbout(old, head)
            || (head.First("Content-Length") is { } length
                && head.All("Content-Encoding").SequenceEqual(old.All("Content-Encoding"))
                && length != file.Length.ToString(CultureInfo.InvariantCulture));
        var renewed = Revalidation.Updated(old, head);
        if (isAnother || !stored.MayKeep(request, renewed, askedAt))
        {
            invalidations.Note(request.Target);
        }
        else if (HasSameValidators(old, head) && keys.VariesBy(renewed).SequenceEqual(keys.VariesBy(old)))
        {
            await stored.RefreshAsync(request, file.Sha256, renewed, askedAt).ConfigureAwait(false);
        }
    }

    /// <summary>Whether its validators are the stored ones; without any nothing says that the bytes are the same.</summary>
    private static bool HasSameValidators(UpstreamHead old, UpstreamHead head) =>
        (head.First("ETag") ?? head.First("Last-Modified")) is not null
        && Array.TrueForAll(["ETag", "Last-Modified"], name => head.First(name) is not { } said || said == old.First(name));
}
