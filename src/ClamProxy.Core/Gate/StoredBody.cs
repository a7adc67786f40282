using ClamProxy.Core.Files;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Gate;

/// <summary>A stored body that was scanned again, shared by all who waited for it.</summary>
internal sealed class StoredBody(StoredFile file) : ILandedBody
{
    private int _holders = 1;
    private bool _hasOwnerLeft;

    private long Length => file.Length;

    public IContentReader OpenReader()
    {
        Interlocked.Increment(ref _holders);
        return new Reader(this);
    }

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _hasOwnerLeft, true))
        {
            LetGo();
        }
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            file.Dispose();
        }
    }

    private ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => file.ReadAsync(offset, into, cancellationToken);

    private sealed class Reader(StoredBody body) : IContentReader
    {
        private bool _isClosed;

        public long Length { get; } = body.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => body.ReadAsync(offset, into, cancellationToken);

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isClosed, true))
            {
                body.LetGo();
            }
        }
    }
}
