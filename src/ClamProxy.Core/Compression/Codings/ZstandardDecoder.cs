using ClamProxy.Core.Files;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>zstd (RFC 8878), all frames of it to their exact end.</summary>
internal sealed class ZstandardDecoder(Stream encoded) : AsyncReadStream
{
    /// <summary>
    /// The largest window of the content coding, 8 MiB (RFC 9659 §3): so much memory a decoder takes. A body with a larger one is corrupt.
    /// </summary>
    private const int MaxWindowLog = 23;

    private readonly DecompressionStream _decoder = Open(encoded);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (ZstdException exception)
        {
            throw new ContentCodingException(
                "The zstd body is corrupt, continues after its end, or has a window of more than 8 MiB.", exception);
        }
        catch (EndOfStreamException exception)
        {
            throw new ContentCodingException("The zstd body is cut short.", exception);
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

    private static DecompressionStream Open(Stream encoded)
    {
        var decoder = new DecompressionStream(encoded, checkEndOfStream: true, leaveOpen: true);
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        return decoder;
    }
}
