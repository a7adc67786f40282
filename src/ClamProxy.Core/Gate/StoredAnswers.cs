using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>What the store can answer by itself, and what may go into it.</summary>
internal sealed class StoredAnswers(ContentStore store, SpoolFolder spools, KnownVerdicts known, GateReport report)
{
    public bool IsOn => store.IsOn;

    /// <summary>Finds the file of an URL, with the newest that is known of its content.</summary>
    public async ValueTask<StoredAnswer> FindAsync(UrlKey key, CancellationToken cancellationToken)
    {
        if (!store.IsOn || await store.OpenAsync(key, cancellationToken).ConfigureAwait(false) is not { } file)
        {
            return default;
        }

        var keeps = false;
        try
        {
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

            keeps = known.IsCurrent(file.Verdict);
            return new StoredAnswer(keeps ? file : null, file.Verdict, keeps);
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
    public async ValueTask KeepAsync(GateRequest request, UpstreamHead head, ContentRecord verdict, SpoolFile body, CancellationToken cancellationToken)
    {
        if (MayKeep(request, head))
        {
            await store.KeepAsync(Representation.KeyOfContent(request), head.ToStored(), verdict, body.File, body.Length, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A copy, for the store, of a file that is being passed on; null where it is not one for others.</summary>
    public StoreCopy? Copy(GateRequest request, UpstreamHead head, ContentRecord verdict, long? length) =>
        MayKeep(request, head)
            ? new StoreCopy(spools.Create(length), (body, cancellationToken) => KeepAsync(request, head, verdict, body, cancellationToken))
            : null;

    /// <summary>Whether an answer may be kept for others: a plain file of an immutable source, made for nobody in particular.</summary>
    private bool MayKeep(GateRequest request, UpstreamHead head) =>
        store.IsOn
        && request.CacheScan
        && head.Status == 200
        && head.IsShareable
        && head.First("Content-Encoding") is null
        && !Representation.HasCredentials(request.Headers);
}
