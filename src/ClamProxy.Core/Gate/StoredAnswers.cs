using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>What the store can answer by itself, and what may go into it.</summary>
internal sealed class StoredAnswers(ContentStore store, KnownVerdicts known, GateReport report)
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

    /// <summary>Whether an answer may be kept for others: a plain file of an immutable source, made for nobody in particular.</summary>
    public bool MayKeep(GateRequest request, UpstreamHead head) =>
        store.IsOn
        && request.CacheScan
        && head.Status == 200
        && head.IsShareable
        && head.First("Content-Encoding") is null
        && !Representation.HasCredentials(request.Headers);
}
