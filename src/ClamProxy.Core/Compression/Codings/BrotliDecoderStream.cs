using System.Buffers;
using System.IO.Compression;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>br, to its exact end: .NET's BrotliStream does not report bytes behind it.</summary>
internal sealed class BrotliDecoderStream(Stream encoded) : AsyncReadStream
{
    private readonly LookaheadStream _encoded = new(encoded);
    private BrotliDecoder _decoder;
    private bool _begun;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && !buffer.IsEmpty)
        {
            var input = await _encoded.PeekAsync(1, cancellationToken).ConfigureAwait(false);
            if (input.IsEmpty && !_begun)
            {
                return 0;
            }

            _begun = true;
            var status = _decoder.Decompress(input.Span, buffer.Span, out var consumed, out var written);
            _encoded.Skip(consumed);
            await CheckAsync(status, consumed + written, cancellationToken).ConfigureAwait(false);
            if (written > 0)
            {
                return written;
            }
        }

        return 0;
    }

    private async ValueTask CheckAsync(OperationStatus status, int progress, CancellationToken cancellationToken)
    {
        if (status is OperationStatus.InvalidData)
        {
            throw new ContentCodingException("The br body is corrupt.");
        }

        if (status is OperationStatus.NeedMoreData && progress == 0)
        {
            throw new ContentCodingException("The br body is cut short.");
        }

        if (status is not OperationStatus.Done)
        {
            return;
        }

        if (!(await _encoded.PeekAsync(1, cancellationToken).ConfigureAwait(false)).IsEmpty)
        {
            throw new ContentCodingException("The br body continues after its end.");
        }

        _ended = true;
    }

    protected override void Dispose(bool disposing)
    {
        _decoder.Dispose();
        if (disposing)
        {
            encoded.Dispose();
        }

        base.Dispose(disposing);
    }
}
