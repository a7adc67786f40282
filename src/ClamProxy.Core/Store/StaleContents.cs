using System.Runtime.CompilerServices;

namespace ClamProxy.Core.Store;

/// <summary>Finds stored contents whose verdict is to be given anew.</summary>
internal sealed class StaleContents(StoreCleanup tidy, StoreReader reader, StoreHealth reading)
{
    /// <inheritdoc cref="ContentStore.OlderThanAsync"/>
    public async IAsyncEnumerable<StoredFile> FindAsync(
        int? database, DateTimeOffset scannedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (sha256, usedAt) in await Task.Run(tidy.ByUse, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await OpenAsync(sha256, database, scannedBefore, cancellationToken).ConfigureAwait(false) is { } content)
            {
                yield return new StoredFile(content, StoredHead.None, usedAt);
            }
        }
    }

    private async ValueTask<HeldContent?> OpenAsync(
        string sha256, int? database, DateTimeOffset scannedBefore, CancellationToken cancellationToken)
    {
        try
        {
            return reader.ReadVerdict(sha256) is { } verdict && (verdict.IsOlderThan(database) || verdict.ScannedAt < scannedBefore)
                ? await reader.OpenAsync(sha256, isUse: false, cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            reading.Failed(e);
            return null;
        }
    }
}
