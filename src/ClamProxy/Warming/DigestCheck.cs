using System.Security.Cryptography;

namespace ClamProxy.Warming;

/// <summary>Hashes a content on its way past, and says whether it is one that the list means.</summary>
internal sealed class DigestCheck(IReadOnlyList<FileDigest> expected) : IDisposable
{
    private readonly (DigestAlgorithm Algorithm, IncrementalHash Hash)[] _hashes =
        [.. expected.Select(digest => digest.Algorithm).Distinct().Select(algorithm => (algorithm, FileDigest.Begin(algorithm)))];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, hash) in _hashes)
        {
            hash.AppendData(bytes);
        }
    }

    /// <summary>Whether the content has one of the hashes; also if there are no hashes. Called once, at the end.</summary>
    public bool Holds()
    {
        var seen = _hashes.Select(one => new FileDigest(one.Algorithm, Convert.ToHexStringLower(one.Hash.GetHashAndReset()))).ToHashSet();
        return expected.Count == 0 || expected.Any(seen.Contains);
    }

    public void Dispose()
    {
        foreach (var (_, hash) in _hashes)
        {
            hash.Dispose();
        }
    }
}
