using System.IO.Compression;
using System.Security.Cryptography;

namespace ClamProxy.Rewriting;

/// <summary>Codes one rewritten text in gzip, up to as many bytes as it may take.</summary>
/// <param name="mostBytes">The most coded bytes; a longer text is not coded.</param>
/// <param name="place">A turn of it was taken for this writer.</param>
internal sealed class EncodedTextWriter(int mostBytes, SemaphoreSlim place) : IDisposable
{
    private readonly MemoryStream _coded = new();
    private GZipStream? _coder;
    private bool _isTooLong;

    public void Write(ReadOnlySpan<byte> text)
    {
        if (_isTooLong || text.IsEmpty)
        {
            return;
        }

        _coder ??= new GZipStream(_coded, CompressionLevel.Fastest, leaveOpen: true);
        _coder.Write(text);
        _isTooLong = _coded.Length > mostBytes;
    }

    /// <param name="links">How many links were rewritten.</param>
    /// <returns>The text; null: it is empty, or too long.</returns>
    public EncodedText? Finish(long links)
    {
        _coder?.Dispose();
        if (_coder is null || _isTooLong || _coded.Length > mostBytes)
        {
            return null;
        }

        var bytes = _coded.ToArray();
        return new EncodedText(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)), links);
    }

    public void Dispose()
    {
        _coder?.Dispose();
        _coded.Dispose();
        place.Release();
    }
}
