using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Store;

/// <summary>Finds what is stored for an URL: in memory where it was asked for lately, else on disk.</summary>
internal sealed class UrlFiles(StoreMemory memory, StoreReader reader, StoreHealth reading, StoreMetrics metrics)
{
    /// <inheritdoc cref="ContentStore.OpenAsync"/>
    public ValueTask<StoredFile?> OpenAsync(UrlKey key, CancellationToken cancellationToken)
    {
        if (memory.Find(key) is not { } file)
        {
            return OpenFromDiskAsync(key, cancellationToken);
        }

        metrics.Hit();
        return ValueTask.FromResult<StoredFile?>(file);
    }

    private async ValueTask<StoredFile?> OpenFromDiskAsync(UrlKey key, CancellationToken cancellationToken)
    {
        StoredFile? file = null;
        try
        {
            file = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            reading.Worked();
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            reading.Failed(e);
        }

        if (file is null)
        {
            memory.Forget(key);
            metrics.Miss();
            return null;
        }

        metrics.Hit();
        return file;
    }

    private async ValueTask<StoredFile?> ReadAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var digits = StoreFolders.Digits(key);
        if (reader.ReadEntry(digits, isUse: true) is not { } entry
            || await reader.OpenAsync(entry.Sha256, isUse: true, cancellationToken).ConfigureAwait(false) is not { } content)
        {
            return null;
        }

        if (content.Stamp.Length != entry.Length)
        {
            content.LetGo();
            reader.RemoveEntry(digits);
            return null;
        }

        memory.Remember(key, entry);
        return new StoredFile(content, entry.Head, entry.StoredAt, entry.ConfirmedAt);
    }
}
