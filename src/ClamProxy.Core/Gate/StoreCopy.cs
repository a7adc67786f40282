using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Gate;

/// <summary>A copy for the store of a file that is being passed on. The client's transfer never fails for it.</summary>
internal sealed class StoreCopy(SpoolWriter spool, Func<SpoolFile, CancellationToken, ValueTask> keep) : IDisposable
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
            await keep(body, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => spool.Dispose();
}
