using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>A copy for the store of a file that is being passed on. The client's transfer never fails for it.</summary>
internal sealed class StoreCopy(SpoolWriter spool, ContentStore store, UrlKey key, UpstreamHead head, ContentRecord verdict) : IDisposable
{
    private bool _isWhole = true;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _isWhole = _isWhole && await spool.WriteAsync(bytes, cancellationToken).ConfigureAwait(false) is null;

    /// <summary>Keeps the copy, once its content has proved to be the one that the verdict was given for.</summary>
    public async ValueTask KeepAsync(CancellationToken cancellationToken)
    {
        if (_isWhole)
        {
            using var body = spool.Complete();
            await store.KeepAsync(key, head.ToStored(), verdict, body.File, body.Length, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => spool.Dispose();
}
