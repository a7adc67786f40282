using System.Text.Json;

namespace ClamProxy.Core.Verdicts;

/// <summary>Records to and from the bytes that are stored. What cannot be believed word for word reads as nothing.</summary>
internal static class VerdictFormat
{
    /// <summary>
    /// The longest value stored, in bytes. A usual one has 150 to 300; the rest is room for upstream's ETag and for a
    /// signature's name, which others choose the length of, so that the in-process store's bound in entries bounds memory too.
    /// </summary>
    public const int MaxBytes = 2048;

    public static byte[] Write(UrlRecord record)
    {
        Require(RecordRules.Problem(record));
        var value = new UrlValue
        {
            Sha256 = record.Sha256,
            Size = record.Size,
            ETag = record.ETag,
            LastModified = record.LastModified,
            Vary = record.Vary,
            Verdict = record.Verdict.Name(),
        };
        return JsonSerializer.SerializeToUtf8Bytes(value, VerdictJson.Default.UrlValue);
    }

    public static byte[] Write(ContentKey key, ContentRecord record)
    {
        Require(RecordRules.Problem(key, record));
        var value = new ContentValue
        {
            Sha256 = record.Sha256,
            Verdict = record.Verdict.Name(),
            Signature = record.Signature,
            Reason = record.Reason.Name(),
            IsAlsoAmbiguous = record.IsAlsoAmbiguous ? true : null,
            Detail = record.Detail,
            Engine = record.Engine,
            Database = record.Database,
            DatabaseDate = record.DatabaseDate,
            ScannedAt = record.ScannedAt,
        };
        return JsonSerializer.SerializeToUtf8Bytes(value, VerdictJson.Default.ContentValue);
    }

    public static UrlRecord? ReadUrl(byte[] bytes)
    {
        if (Parse(bytes, VerdictJson.Default.UrlValue) is not { Sha256: { } sha256, Size: { } size } value)
        {
            return null;
        }

        var record = new UrlRecord(sha256, size, value.ETag, value.LastModified, VerdictNames.ToVerdict(value.Verdict))
        {
            Vary = value.Vary,
        };
        return RecordRules.Problem(record) is null ? record : null;
    }

    public static ContentRecord? ReadContent(ContentKey key, byte[] bytes)
    {
        if (Parse(bytes, VerdictJson.Default.ContentValue) is not { Sha256: { } sha256, ScannedAt: { } scannedAt } value
            || VerdictNames.ToReason(value.Reason) is not { } reason)
        {
            return null;
        }

        var record = new ContentRecord(
            sha256,
            VerdictNames.ToVerdict(value.Verdict),
            value.Signature,
            reason,
            value.Detail,
            value.Engine,
            value.Database,
            value.DatabaseDate,
            scannedAt)
        {
            IsAlsoAmbiguous = value.IsAlsoAmbiguous == true,
        };
        return RecordRules.Problem(key, record) is null ? record : null;
    }

    private static void Require(string? problem)
    {
        if (problem is not null)
        {
            throw new ArgumentException($"The record contradicts itself: {problem}.");
        }
    }

    private static T? Parse<T>(byte[] bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        if (bytes.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
