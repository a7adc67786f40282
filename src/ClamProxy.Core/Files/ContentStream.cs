namespace ClamProxy.Core.Files;

/// <summary>A body from its first byte to its last, as a stream. The reader stays the caller's: several streams may share one.</summary>
public sealed class ContentStream(IContentReader reader) : AsyncReadStream
{
    private long _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await reader.ReadAsync(_position, buffer, cancellationToken).ConfigureAwait(false);
        _position += read;
        return read;
    }
}
