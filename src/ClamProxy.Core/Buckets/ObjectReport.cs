using System.Text.Json;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Buckets;

/// <summary>The report beside an object in quarantine: JSON, under the object's whole key with <see cref="Suffix"/>.</summary>
internal sealed record ObjectReport(
    string Bucket,
    string Key,
    string? VersionId,
    string ETag,
    long Size,
    string Verdict,
    string? Signature,
    string? Reason,
    string? Detail,
    string? Sha256,
    string? Engine,
    int? SignatureDatabase,
    DateTimeOffset ScannedAt,
    DateTimeOffset? EventAt)
{
    public const string Suffix = ".report.json";
    public const string Type = "application/json";

    public static byte[] Of(string bucket, ScannedObject scanned) =>
        JsonSerializer.SerializeToUtf8Bytes(From(bucket, scanned), ReportJson.Default.ObjectReport);

    public static ObjectReport From(string bucket, ScannedObject scanned)
    {
        var (state, verdict) = (scanned.State, scanned.Verdict);
        return new(
            bucket,
            state.Key,
            state.Version.Id,
            state.Version.Tag.Trim('"'),
            state.Version.Length,
            verdict.Verdict.Tag(),
            verdict.Signature,
            verdict.Reason.Name(),
            verdict.Detail,
            verdict.Sha256.Length > 0 ? verdict.Sha256 : null,
            verdict.Engine,
            verdict.Database,
            verdict.ScannedAt,
            scanned.Told.At);
    }
}
