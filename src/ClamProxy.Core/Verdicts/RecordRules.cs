
namespace ClamProxy.Core.Verdicts;

/// <summary>What makes a record believable: the same rules for what is read and for what is written.</summary>
internal static class RecordRules
{
    /// <returns>What contradicts itself, or null for a coherent record.</returns>
    public static string? Problem(UrlRecord record) => record switch
    {
        _ when !Sha256Text.IsValid(record.Sha256) => "the SHA-256 is not 64 lower-case hexadecimal digits",
        { Size: < 0 } => "the size is negative",
        _ when !IsKnown(record.Verdict) => "there is no verdict",
        _ when !IsHeaderText(record.ETag) || !IsHeaderText(record.LastModified) => "a validator is empty or holds a control character",
        _ when !IsHeaderText(record.Vary) => "the fields that it varies by are empty or hold a control character",
        _ => null,
    };

    /// <returns>What contradicts itself or the key, or null for a coherent record.</returns>
    public static string? Problem(ContentKey key, ContentRecord record) => record switch
    {
        _ when record.Sha256 != key.Sha256 => "the SHA-256 is not the key's",
        _ when !IsKnown(record.Verdict) => "there is no verdict",
        _ when !IsKnown(record.Reason) => "the reason is unknown",
        { Verdict: Verdict.Infected } when string.IsNullOrWhiteSpace(record.Signature) => "infected without a signature",
        { Verdict: Verdict.Clean, Signature: not null } => "clean with a signature",
        _ when record.Verdict is Verdict.Unscannable != record.Reason is not UnscannableReason.None =>
            "a reason belongs to unscannable and to nothing else",
        { IsAlsoAmbiguous: true, Reason: UnscannableReason.None or UnscannableReason.AmbiguousArchive } =>
            "a second reason without a first",
        { Database: <= 0 } => "the database version is not positive",
        _ when record.ScannedAt == default => "the time of the scan is missing",
        _ => null,
    };

    private static bool IsKnown(Verdict verdict) => verdict != Verdict.None && Enum.IsDefined(verdict);

    private static bool IsKnown(UnscannableReason reason) => Enum.IsDefined(reason);

    // They are sent as headers again: what could end a header line is believed from nobody.
    private static bool IsHeaderText(string? text) => text is null || (text.Length > 0 && !text.Any(char.IsControl));
}
