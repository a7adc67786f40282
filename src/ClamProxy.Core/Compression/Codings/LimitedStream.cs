using ClamProxy.Core.Files;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>Ends a stream that yields more than a limit.</summary>
internal sealed class LimitedStream(Stream inner, long limit) : AsyncReadStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += read;
        return _read <= limit ? read : throw new ContentTooLargeException(limit);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
