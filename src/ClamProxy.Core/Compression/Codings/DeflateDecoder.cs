using System.IO.Compression;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>deflate, zlib-wrapped or raw.</summary>
/// <param name="encoded">The body.</param>
/// <param name="isZlib">Which of the two it is; null: the first two bytes tell.</param>
internal sealed class DeflateDecoder(Stream encoded, bool? isZlib) : AsyncReadStream
{
    private readonly LookaheadStream _encoded = new(encoded);
    private Stream? _decoder;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_decoder is null)
        {
            var head = await _encoded.PeekAsync(2, cancellationToken).ConfigureAwait(false);
            if (head.IsEmpty)
            {
                return 0;
            }

            _decoder = isZlib ?? IsZlib(head.Span)
                ? new ZLibStream(_encoded, CompressionMode.Decompress, leaveOpen: true)
                : new DeflateStream(_encoded, CompressionMode.Decompress, leaveOpen: true);
        }

        try
        {
            var read = await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0 || buffer.IsEmpty || _encoded.EndedExactly)
            {
                return read;
            }
        }
        catch (InvalidDataException exception)
        {
            throw new ContentCodingException("The deflate body is corrupt.", exception);
        }

        throw new ContentCodingException("The deflate body is cut short, or continues after its end.");
    }

    // RFC 1950: method 8, and the two bytes are a multiple of 31. No encoder begins a raw stream so: it would be a stored
    // block with bits set that are padding.
    private static bool IsZlib(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && (head[0] & 0x0F) == 8 && ((head[0] << 8) | head[1]) % 31 == 0;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
            encoded.Dispose();
        }

        base.Dispose(disposing);
    }
}
