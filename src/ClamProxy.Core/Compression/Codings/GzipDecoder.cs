using System.IO.Compression;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>gzip, all members of it, with its end checked by <see cref="GzipSentinel"/>.</summary>
internal sealed class GzipDecoder(Stream encoded) : AsyncReadStream
{
    private readonly GZipStream _decoder = new(new AppendedStream(encoded, GzipSentinel.Member), CompressionMode.Decompress);

    // Decoded bytes not handed on yet: the last 16 of them may be the sentinel.
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    private int Ready => _end - _start - GzipSentinel.Length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (Ready <= 0 && !_ended)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        var count = Math.Min(buffer.Length, Math.Max(0, Ready));
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await DecodeAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        if (read == 0 && !_buffer.AsSpan(_start.._end).SequenceEqual(GzipSentinel.Content))
        {
            throw new ContentCodingException("The gzip body is cut short, or continues after its end.");
        }

        _ended = read == 0;
    }

    private async ValueTask<int> DecodeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw new ContentCodingException("The gzip body is corrupt.", exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            encoded.Dispose();
        }

        base.Dispose(disposing);
    }
}
