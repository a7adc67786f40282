using System.Text.Json;

namespace ClamProxy.Scans;

/// <summary>One line of <c>--json</c>.</summary>
/// <param name="File">A path, a URL without its query, or - for what was piped in.</param>
/// <param name="Outcome">clean, refused or failed: what the exit code comes from.</param>
/// <param name="Verdict">clean, infected or unscannable; null where there is no verdict. The rest is as the API tells it.</param>
/// <param name="Signature">What was found.</param>
/// <param name="Reason">Why it could not be scanned as a whole.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="SignatureDatabase">The version of its signatures.</param>
/// <param name="ScannedAt">When.</param>
/// <param name="Known">An earlier scan of the same bytes answers.</param>
/// <param name="Released">A policy or an exception lets it pass although it is not clean.</param>
/// <param name="Detail">Why it failed or was refused, in one sentence.</param>
internal sealed record ScanLine(
    string File,
    string Outcome,
    string? Verdict,
    string? Signature,
    string? Reason,
    string? Sha256,
    long? Size,
    string? Engine,
    int? SignatureDatabase,
    DateTimeOffset? ScannedAt,
    bool Known,
    bool Released,
    string? Detail)
{
    public static string Of(ScannedContent content) => JsonSerializer.Serialize(
        new ScanLine(
            content.Name,
            content.Outcome switch
            {
                ScanOutcome.Clean => "clean",
                ScanOutcome.Refused => "refused",
                ScanOutcome.Failed => "failed",
            },
            content.Verdict?.Verdict,
            content.Verdict?.Signature,
            content.Verdict?.Reason,
            content.Verdict?.Sha256 is { Length: > 0 } sha256 ? sha256 : null,
            content.Verdict?.Size,
            content.Verdict?.Engine,
            content.Verdict?.SignatureDatabase,
            content.Verdict?.ScannedAt,
            content.Verdict?.Known ?? false,
            content.Verdict?.Released ?? false,
            content.Detail.Length > 0 ? content.Detail : null),
        ScanJson.Default.ScanLine);
}
