using System.Security.Cryptography;

namespace ClamProxy.Warming;

/// <summary>A hash that a file must have.</summary>
/// <param name="Hex">In small letters.</param>
internal sealed record FileDigest(DigestAlgorithm Algorithm, string Hex)
{
    /// <summary>A hash in hex digits, as pip writes it; null when the algorithm is unknown or its length is another.</summary>
    public static FileDigest? OfHex(string algorithm, string hex) =>
        Parse(algorithm) is var parsed and not DigestAlgorithm.None && hex.Length == 2 * Length(parsed) && hex.All(char.IsAsciiHexDigit)
            ? new(parsed, hex.ToLowerInvariant())
            : null;

    /// <summary>A hash in Base64, as npm and NuGet write it; null when the algorithm is unknown or the hash is invalid.</summary>
    public static FileDigest? OfBase64(string algorithm, string base64)
    {
        var bytes = new byte[64];
        return Parse(algorithm) is var parsed and not DigestAlgorithm.None
            && Convert.TryFromBase64String(base64, bytes, out var length)
            && length == Length(parsed)
            ? new(parsed, Convert.ToHexStringLower(bytes.AsSpan(0, length)))
            : null;
    }

    /// <summary>
    /// The hashes of an integrity field (W3C Subresource Integrity): those of its strongest algorithm, any of which will do. Null when it
    /// holds none that is known.
    /// </summary>
    public static IReadOnlyList<FileDigest>? OfIntegrity(string integrity)
    {
        FileDigest[] known =
        [
            .. integrity.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(OfMetadata).OfType<FileDigest>()
        ];
        return known.Length == 0 ? null : [.. known.Where(digest => digest.Algorithm == known.Max(one => one.Algorithm))];
    }

    /// <summary>Begins to hash a content.</summary>
    public static IncrementalHash Begin(DigestAlgorithm algorithm) => IncrementalHash.CreateHash(algorithm switch
    {
        DigestAlgorithm.Md5 => HashAlgorithmName.MD5,
        DigestAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        DigestAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        DigestAlgorithm.Sha384 => HashAlgorithmName.SHA384,
        DigestAlgorithm.Sha512 => HashAlgorithmName.SHA512,
        DigestAlgorithm.None => throw new InvalidOperationException("a digest without an algorithm"),
    });

    private static FileDigest? OfMetadata(string metadata)
    {
        var dash = metadata.IndexOf('-', StringComparison.Ordinal);
        var options = metadata.IndexOf('?', StringComparison.Ordinal);
        return dash < 0 ? null : OfBase64(metadata[..dash], metadata[(dash + 1)..(options < dash ? metadata.Length : options)]);
    }

    private static DigestAlgorithm Parse(string algorithm) => algorithm.ToUpperInvariant() switch
    {
        "MD5" => DigestAlgorithm.Md5,
        "SHA1" => DigestAlgorithm.Sha1,
        "SHA256" => DigestAlgorithm.Sha256,
        "SHA384" => DigestAlgorithm.Sha384,
        "SHA512" => DigestAlgorithm.Sha512,
        _ => DigestAlgorithm.None,
    };

    private static int Length(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.None => 0,
        DigestAlgorithm.Md5 => 16,
        DigestAlgorithm.Sha1 => 20,
        DigestAlgorithm.Sha256 => 32,
        DigestAlgorithm.Sha384 => 48,
        DigestAlgorithm.Sha512 => 64,
    };
}
