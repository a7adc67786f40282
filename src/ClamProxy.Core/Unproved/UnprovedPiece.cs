using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Unproved;

/// <summary>Bytes that a client was sent of a file.</summary>
/// <param name="Start">Offset of the first one.</param>
/// <param name="Length">How many.</param>
/// <param name="Sha256">Their SHA-256, lower-case hexadecimal.</param>
public sealed record UnprovedPiece(long Start, long Length, string Sha256)
{
    private const int BufferBytes = 64 << 10;
    private const char Separator = ':';

    /// <summary>Whether a content has these bytes at this place.</summary>
    /// <param name="content">A content that was scanned whole.</param>
    /// <param name="sha256">The content's SHA-256; empty where it is not known.</param>
    /// <param name="cancellationToken">The client's leaving.</param>
    public async ValueTask<bool> IsInAsync(IContentReader content, string sha256, CancellationToken cancellationToken)
    {
        if (Start == 0 && Length == content.Length && sha256.Length > 0)
        {
            return Sha256 == sha256;
        }

        return Start + Length <= content.Length
            && await IsHashOfAsync((at, into) => content.ReadAsync(at, into, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Whether what is read at this place are these bytes.</summary>
    internal async ValueTask<bool> IsHashOfAsync(Func<long, Memory<byte>, ValueTask<int>> read)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var at = Start; at < Start + Length;)
            {
                var count = await read(at, buffer.AsMemory(0, (int)Math.Min(buffer.Length, Start + Length - at))).ConfigureAwait(false);
                if (count == 0)
                {
                    return false;
                }

                hash.AppendData(buffer, 0, count);
                at += count;
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset()) == Sha256;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static UnprovedPiece? Read(string text) =>
        text.Split(Separator) is [var start, var length, { Length: SHA256.HashSizeInBytes * 2 } sha256]
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var many)
        && first <= long.MaxValue - many
            ? new(first, many, sha256)
            : null;

    internal string Write() => string.Create(CultureInfo.InvariantCulture, $"{Start}{Separator}{Length}{Separator}{Sha256}");
}
