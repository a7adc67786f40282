using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects.S3;

/// <summary>A part of a content as a stream that the AWS SDK can send, and send again. The reader stays the caller's.</summary>
internal sealed class PartStream(IContentReader reader, long start, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, length - _position));
        if (wanted == 0)
        {
            return 0;
        }

        var read = await reader.ReadAsync(start + _position, buffer[..wanted], cancellationToken).ConfigureAwait(false);
        _position += read > 0 ? read : throw new IOException("the content became shorter while it was sent");
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>The AWS SDK reads a content without bytes so, to hash it.</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        _position >= length ? 0 : throw new NotSupportedException("Read it asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
