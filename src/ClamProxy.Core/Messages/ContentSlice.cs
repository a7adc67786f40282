using ClamProxy.Core.Files;

namespace ClamProxy.Core.Messages;

/// <summary>A part of a content, read from its beginning to its end. The reader stays its caller's.</summary>
internal sealed class ContentSlice(IContentReader content, long start, long length) : AsyncReadStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = (int)Math.Min(buffer.Length, length - _read);
        if (most == 0)
        {
            return 0;
        }

        var count = await content.ReadAsync(start + _read, buffer[..most], cancellationToken).ConfigureAwait(false);
        _read += count;
        return count;
    }
}
