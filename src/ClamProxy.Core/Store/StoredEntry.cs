namespace ClamProxy.Core.Store;

/// <summary>What is noted about one URL.</summary>
/// <param name="Sha256">The content's SHA-256: 64 lower-case hexadecimal digits.</param>
/// <param name="Length">The content's length in bytes.</param>
/// <param name="Head">Upstream's head.</param>
/// <param name="StoredAt">When it was stored.</param>
internal sealed record StoredEntry(string Sha256, long Length, StoredHead Head, DateTimeOffset StoredAt)
{
    /// <summary>When upstream last said that it is still the answer; null: not since it was stored.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }
}
