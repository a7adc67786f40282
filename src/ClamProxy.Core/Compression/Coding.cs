namespace ClamProxy.Core.Compression;

/// <summary>A content coding (RFC 9110 §8.4.1) that is decoded for the scanner.</summary>
public enum Coding
{
    /// <summary>None that is decoded.</summary>
    Unknown = 0,

    /// <summary>gzip or x-gzip: one or more members.</summary>
    Gzip,

    /// <summary>deflate: zlib as the RFC says, or the raw form that some servers send.</summary>
    Deflate,

    /// <summary>br.</summary>
    Brotli,

    /// <summary>zstd, with a window of at most 8 MiB (RFC 9659).</summary>
    Zstandard,

    /// <summary>deflate as the RFC says. No name: see <see cref="ContentCodings.Guesses"/>.</summary>
    Zlib,

    /// <summary>deflate's raw form, whatever it begins with. No name: see <see cref="ContentCodings.Guesses"/>.</summary>
    RawDeflate,
}
