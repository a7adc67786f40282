using System.Security.Cryptography;

namespace ClamProxy.TestKit.Registries;

/// <summary>A package's archive as its registry serves it, and the hashes that lock files name it by.</summary>
/// <param name="Name">The archive's file name.</param>
/// <param name="Bytes">The whole archive.</param>
public sealed record PublishedFile(string Name, byte[] Bytes)
{
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    // CA5350: npm and Maven name their files by SHA-1 too.
#pragma warning disable CA5350
    public string Sha1 => Convert.ToHexStringLower(SHA1.HashData(Bytes));
#pragma warning restore CA5350

    /// <summary>Base64, as NuGet's lock files have it.</summary>
    public string Sha512 => Convert.ToBase64String(SHA512.HashData(Bytes));

    /// <summary>As npm's, yarn's and pnpm's lock files have it (W3C Subresource Integrity).</summary>
    public string Integrity => $"sha512-{Sha512}";
}
