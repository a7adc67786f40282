using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What the store can answer by itself, and what may go into it.</summary>
internal sealed class StoredAnswers(ContentStore store, VerdictLookup known, VerdictCutoffs cutoffs, GateReport report)
{
    public bool IsOn => store.IsOn;

    /// <summary>Finds the file of an URL, with the newest that is known of its content.</summary>
    /// <param name="evenStale">Whether a file whose verdict does not count any more is handed out too, to be scanned again.</param>
    public async ValueTask<StoredAnswer> FindAsync(UrlKey key, CancellationToken cancellationToken, bool evenStale = false)
    {
        if (!store.IsOn || await store.OpenAsync(key, cancellationToken).ConfigureAwait(false) is not { } file)
        {
            return default;
        }

        var keeps = false;
        try
        {
            if (file.StoredAt < cutoffs.Forget)
            {
                await store.ForgetAsync(key).ConfigureAwait(false);
                return default;
            }

            var last = await known.FindLastAsync(file.Sha256, cancellationToken).ConfigureAwait(false);
            if (last is { Verdict: Verdict.Infected })
            {
                await store.DropAsync(file.Sha256).ConfigureAwait(false);
                report.Rescanned(file, last);
                return new StoredAnswer(null, last, false);
            }

            if (last is { Verdict: Verdict.Clean } && !known.IsCurrent(file.Verdict) && known.IsCurrent(last))
            {
                await store.ConfirmAsync(last, cancellationToken).ConfigureAwait(false);
                keeps = true;
                return new StoredAnswer(file, last, true);
            }

            var isCurrent = known.IsCurrent(file.Verdict);
            keeps = isCurrent || evenStale;
            return new StoredAnswer(keeps ? file : null, file.Verdict, isCurrent);
        }
        finally
        {
            if (!keeps)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Keeps a clean file for others, if it is one for others.</summary>
    public async ValueTask KeepAsync(
        GateRequest request, UpstreamHead head, ContentRecord verdict, SpoolFile body, CancellationToken cancellationToken)
    {
        if (MayKeep(request, head))
        {
            await store.KeepAsync(
                request.Keys.Stored, head.ToStored(), verdict, body.File, body.Length, cancellationToken).ConfigureAwait(false);
            body.GiveRoomBackIfStored();
        }
    }

    /// <summary>Upstream says that what is stored still is its answer, and what its head is now.</summary>
    public ValueTask RefreshAsync(GateRequest request, string sha256, UpstreamHead head, DateTimeOffset confirmedAt) =>
        store.RefreshAsync(request.Keys.Stored, sha256, head.ToStored(), confirmedAt);

    /// <summary>Upstream's answer is another one now.</summary>
    public ValueTask ForgetAsync(GateRequest request) => store.ForgetAsync(request.Keys.Stored);

    /// <summary>
    /// Whether an answer may be kept for others: a plain file, certainly whole, made for nobody in particular, of an immutable source or
    /// one that can be asked again.
    /// </summary>
    public bool MayKeep(GateRequest request, UpstreamHead head) =>
        store.IsOn
        && (request.CacheScan || (request.Freshness is not null && head.HasDate))
        && head.Status == 200
        && head.IsFramed
        && head.IsShareable
        && head.First("Content-Encoding") is null
        && Representation.SpeaksForAll(request)
        && !Representation.HasCredentials(request);
}
