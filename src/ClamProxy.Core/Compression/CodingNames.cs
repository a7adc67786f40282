using System.Buffers;
using System.Collections.Frozen;

namespace ClamProxy.Core.Compression;

/// <summary>What the names in Content-Encoding mean to those who read them.</summary>
internal static class CodingNames
{
    /// <summary>
    /// Codings that are decoded by clients and not here: the registered ones (IANA's HTTP Content Coding Registry), those of wget2, and
    /// short forms that a lenient reader may take for one. A name is compared without <c>x-</c>.
    /// </summary>
    private static readonly FrozenSet<string> OfOthers = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "aes128gcm", "brotli", "bz2", "bzip", "bzip2", "compress", "dcb", "dcz", "exi", "gz", "lz", "lz4", "lzip", "lzma", "pack200-gzip",
        "sdch", "snappy", "snappy-framed", "xz", "z", "zlib", "zstandard");

    // RFC 9110 §5.6.2: a coding is a token.
    private static readonly SearchValues<char> OfTokens =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The coding of a name that is decoded here; Unknown: another.</summary>
    public static Coding ToCoding(string name) => name.ToUpperInvariant() switch
    {
        "GZIP" or "X-GZIP" => Coding.Gzip,
        "DEFLATE" => Coding.Deflate,
        "BR" => Coding.Brotli,
        "ZSTD" => Coding.Zstandard,
        _ => Coding.Unknown,
    };

    /// <summary>
    /// Whether a name that is not decoded here may be decoded by a client. Any other (aws-chunked, UTF-8, none) leaves the bytes as they
    /// are for everybody.
    /// </summary>
    public static bool MayBeDecoded(string name)
    {
        var plain = name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) ? name[2..] : name;
        return name.AsSpan().ContainsAnyExcept(OfTokens) || OfOthers.Contains(plain) || ToCoding(plain) != Coding.Unknown;
    }

    public static string Shown(string name) => new([.. name.Take(20).Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')]);
}
