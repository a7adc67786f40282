namespace ClamProxy.Core.Store;

/// <summary>What is noted about one URL.</summary>
/// <param name="Sha256">The content's SHA-256: 64 lower-case hexadecimal digits.</param>
/// <param name="Length">The content's length in bytes.</param>
/// <param name="Head">Upstream's head.</param>
/// <param name="StoredAt">When it was stored.</param>
internal sealed record StoredEntry(string Sha256, long Length, StoredHead Head, DateTimeOffset StoredAt)
{
    /// <summary>The key, the hash, the records and the table's node, measured.</summary>
    private const int OfEach = 700;

    /// <summary>Two strings without their characters, and their place in the list.</summary>
    private const int OfLine = 72;

    /// <summary>When upstream last said that it is still the answer; null: not since it was stored.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The bytes that it takes in memory, about: what is the same for all, and its head's lines.</summary>
    public long BytesInMemory => OfEach + Head.Headers.Sum(header => OfLine + (2L * (header.Key.Length + header.Value.Length)));
}
