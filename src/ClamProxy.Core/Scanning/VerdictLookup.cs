using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>What earlier scans found of a content, as far as it still counts.</summary>
internal sealed class VerdictLookup(
    IVerdictStore store, IScanners scanners, VerdictOptions options, VerdictCutoffs cutoffs, TimeProvider clock)
{
    /// <summary>Whether a verdict still counts: no scanner has newer signatures, and its life is not over.</summary>
    public bool IsCurrent(ContentRecord verdict) => !IsOutdated(verdict) && clock.GetUtcNow() - verdict.ScannedAt < options.CacheTtl;

    /// <summary>Whether a scanner has newer signatures, which might say otherwise, or the verdict is to be given again.</summary>
    public bool IsOutdated(ContentRecord verdict) =>
        verdict.IsOlderThan(scanners.NewestDatabase) || cutoffs.IsOutdated(verdict) || cutoffs.IsForgotten(verdict);

    /// <summary>The last verdict of a content, whether it still counts or not.</summary>
    public async ValueTask<ContentRecord?> FindLastAsync(string sha256, CancellationToken cancellationToken) =>
        await store.FindContentAsync(ContentKey.For(sha256), cancellationToken).ConfigureAwait(false) is { } last
        && !cutoffs.IsForgotten(last)
            ? last
            : null;

    /// <summary>The verdict of a content, wherever it came from; null: none that counts.</summary>
    public async ValueTask<ContentRecord?> FindAsync(string sha256, CancellationToken cancellationToken) =>
        await FindLastAsync(sha256, cancellationToken).ConfigureAwait(false) is { } last && IsCurrent(last) ? last : null;

    public ValueTask RecordAsync(ContentRecord verdict, CancellationToken cancellationToken) =>
        store.SaveContentAsync(ContentKey.For(verdict.Sha256), verdict, cancellationToken);
}
