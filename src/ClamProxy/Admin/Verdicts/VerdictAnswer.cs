using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Admin.Verdicts;

/// <summary>What is known of a content.</summary>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Verdict">clean, infected or unscannable.</param>
/// <param name="Signature">The signature that was found; null unless infected.</param>
/// <param name="Reason">Why it could not be scanned as a whole; null unless unscannable.</param>
/// <param name="Detail">More of that, in words.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="Database">The version of its signatures.</param>
/// <param name="DatabaseDate">When these were made.</param>
/// <param name="ScannedAt">When its scan began.</param>
/// <param name="Stale">Whether it is scanned again before it is delivered: there are newer signatures, or the verdict is too old.</param>
/// <param name="Stored">Whether the file is in the store.</param>
/// <param name="StoredAt">When it was stored for the URL; null where a content is asked for, or where it is not stored.</param>
/// <param name="Size">The content's length in bytes; null: not known.</param>
internal sealed record VerdictAnswer(
    string Sha256,
    string Verdict,
    string? Signature,
    string? Reason,
    string? Detail,
    string? Engine,
    int? Database,
    DateTimeOffset? DatabaseDate,
    DateTimeOffset ScannedAt,
    bool Stale,
    bool Stored,
    DateTimeOffset? StoredAt,
    long? Size)
{
    public static VerdictAnswer Of(KnownContent known, long? storedLength) =>
        Of(known, storedLength is not null, null, storedLength);

    public static VerdictAnswer Of(KnownUrl url, KnownContent known) => Of(known, url.StoredAt is not null, url.StoredAt, url.Size);

    private static VerdictAnswer Of(KnownContent known, bool isStored, DateTimeOffset? storedAt, long? size)
    {
        var verdict = known.Verdict;
        return new(
            verdict.Sha256,
            verdict.Verdict.Name() ?? throw new InvalidOperationException("an answer without a verdict"),
            verdict.Signature,
            verdict.Reason.Name(),
            verdict.Detail,
            verdict.Engine,
            verdict.Database,
            verdict.DatabaseDate,
            verdict.ScannedAt,
            !known.IsCurrent,
            isStored,
            storedAt,
            size);
    }
}
