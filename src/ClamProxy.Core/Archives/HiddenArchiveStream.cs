using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>A hidden archive as a file that begins as an archive does, for a scanner that goes by a file's first bytes: what is in front of
/// its first member reads as a member's mark and zeros, so that its offsets still hold.</summary>
internal sealed class HiddenArchiveStream(IContentReader content, HiddenArchive archive) : Stream
{
    private static readonly byte[] Mark = [.. "PK\u0003\u0004"u8];

    private readonly long _front = archive.First - archive.Start;
    private long _position;
    private int _patched;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => archive.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, archive.Length - _position)];
        var read = wanted.Length == 0 ? 0 : await content.ReadAsync(archive.Start + _position, wanted, cancellationToken);
        for (var at = 0; at < read && _position + at < _front; at++)
        {
            buffer.Span[at] = _position + at < Mark.Length ? Mark[_position + at] : (byte)0;
        }

        Patch(buffer.Span[..read]);
        _position += read;
        return read;
    }

    private void Patch(Span<byte> bytes)
    {
        var at = archive.Start + _position;
        for (; _patched < (archive.Patches?.Count ?? 0); _patched++)
        {
            var patch = archive.Patches![_patched];
            patch.ApplyTo(bytes, at);
            if (patch.At + SizePatch.Bytes > at + bytes.Length) break;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("async only");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
