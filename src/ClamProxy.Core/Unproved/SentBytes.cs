using System.Security.Cryptography;

namespace ClamProxy.Core.Unproved;

/// <summary>
/// Counts and hashes what one transfer sends. Bytes are added before they are handed on: what fails on its way may have arrived.
/// </summary>
internal sealed class SentBytes : IDisposable
{
    private readonly long _start;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public SentBytes(long start) => (_start, End) = (start, start);

    /// <summary>Offset behind the last byte.</summary>
    public long End { get; private set; }

    public UnprovedPiece Piece => new(_start, End - _start, Convert.ToHexStringLower(_hash.GetCurrentHash()));

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        End += bytes.Length;
    }

    public void Dispose() => _hash.Dispose();
}
