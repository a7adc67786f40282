using System.Globalization;
using Amazon.S3.Model;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Buckets;

/// <summary>What a scan says of an object in its tags: at most 10 tags of 128 and 256 characters (Amazon S3 user guide).</summary>
internal static class ScanTags
{
    public const string Status = "scan-status";
    public const string Sha256 = "scan-sha256";
    public const string Signature = "scan-signature";
    public const string ScannedAt = "scanned-at";
    private const string Error = "error";
    private const int MostTags = 10;
    private const int MostValue = 256;
    private static readonly string[] s_ours = [Status, Sha256, Signature, ScannedAt];

    /// <summary>
    /// The tags that an object has, with ours in place of earlier ones of ours. Where there are too many, the least of ours are left out:
    /// the owner's stay.
    /// </summary>
    public static IReadOnlyList<Tag> Merge(IReadOnlyList<Tag> tags, ContentRecord verdict)
    {
        var others = Without(tags);
        return [.. others, .. Of(verdict).Take(MostTags - others.Count)];
    }

    /// <summary>The tags of an object that an attempt left without a verdict; null: it has a verdict's, or as many as may be.</summary>
    public static IReadOnlyList<Tag>? WithError(IReadOnlyList<Tag> tags) =>
        tags.Count >= MostTags || tags.Any(tag => tag.Key == Status) ? null : [.. tags, new Tag { Key = Status, Value = Error }];

    public static bool HasError(IReadOnlyList<Tag> tags) => tags.Any(tag => tag.Key == Status && tag.Value == Error);

    /// <summary>The tags that are not ours.</summary>
    public static IReadOnlyList<Tag> Without(IReadOnlyList<Tag> tags) => [.. tags.Where(tag => !s_ours.Contains(tag.Key))];

    private static IEnumerable<Tag> Of(ContentRecord verdict)
    {
        yield return new Tag { Key = Status, Value = verdict.Verdict.Tag() };
        if ((verdict.Signature ?? verdict.Reason.Name()) is { } finding)
        {
            yield return new Tag { Key = Signature, Value = Value(finding) };
        }

        if (verdict.Sha256.Length > 0)
        {
            yield return new Tag { Key = Sha256, Value = verdict.Sha256 };
        }

        yield return new Tag
        {
            Key = ScannedAt,
            Value = verdict.ScannedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Letters, digits, spaces and + - = . _ : / @ are what tags may hold.</summary>
    private static string Value(string text) => string.Concat(
        text.Take(MostValue).Select(c => char.IsAsciiLetterOrDigit(c) || "+-=._:/@ ".Contains(c, StringComparison.Ordinal) ? c : '_'));
}
