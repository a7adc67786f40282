namespace ClamProxy.Core.Verdicts;

/// <summary>What one target led to when it was last downloaded and scanned.</summary>
/// <param name="Sha256">The content's SHA-256: 64 lower-case hexadecimal digits.</param>
/// <param name="Size">The content's length in bytes.</param>
/// <param name="ETag">Upstream's ETag as sent, quotes included; null when it sent none.</param>
/// <param name="LastModified">Upstream's Last-Modified as sent; null when it sent none.</param>
/// <param name="Verdict">The verdict on the content; never <see cref="Verdict.None"/>.</param>
public sealed record UrlRecord(string Sha256, long Size, string? ETag, string? LastModified, Verdict Verdict)
{
    /// <summary>
    /// The request fields that the target's answers vary by, of those that its key lacks (<c>accept,accept-language</c>): this record is of
    /// one variant. Null: there is one answer for all.
    /// </summary>
    public string? Vary { get; init; }

    /// <summary>Their names.</summary>
    internal IReadOnlyList<string> Varies => Vary?.Split(',') ?? [];
}
