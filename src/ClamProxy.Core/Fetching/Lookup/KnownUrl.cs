using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What is known of an answer of a URL.</summary>
/// <param name="Sha256">Its content.</param>
/// <param name="Size">The content's length in bytes.</param>
/// <param name="Content">What is known of the content; null: its verdict is gone.</param>
/// <param name="StoredAt">When it was stored; null: it is not.</param>
public sealed record KnownUrl(string Sha256, long Size, KnownContent? Content, DateTimeOffset? StoredAt)
{
    /// <summary>What a coded content decodes to; null: it has no codings, or that is not known.</summary>
    public string? DecodedSha256 { get; init; }

    /// <summary>The contents that the answer is to its clients: as it came, and decoded.</summary>
    public IReadOnlyList<string> Contents => DecodedSha256 is null ? [Sha256] : [Sha256, DecodedSha256];
}
