using ClamProxy.Core.Verdicts;

namespace ClamProxy.Doors.Api;

/// <summary>What <c>POST /scan</c> and <c>GET /verdicts/{sha256}</c> answer.</summary>
/// <param name="Verdict">clean, infected or unscannable.</param>
/// <param name="Signature">The signature that was found; null unless infected.</param>
/// <param name="Reason">Why it could not be scanned as a whole; null unless unscannable.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes; null where a verdict is asked for by its hash alone.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="SignatureDatabase">The version of its signatures.</param>
/// <param name="ScannedAt">When.</param>
/// <param name="Known">An earlier scan of the same bytes answers.</param>
/// <param name="Released">A policy or an exception lets it pass although it is not clean.</param>
internal sealed record ScanVerdictAnswer(
    string Verdict,
    string? Signature,
    string? Reason,
    string Sha256,
    long? Size,
    string? Engine,
    int? SignatureDatabase,
    DateTimeOffset ScannedAt,
    bool Known,
    bool Released)
{
    public static ScanVerdictAnswer Of(ContentRecord verdict, long? size, bool isKnown, bool isReleased) => new(
        verdict.Verdict.Name() ?? throw new InvalidOperationException("an answer without a verdict"),
        verdict.Signature,
        verdict.Reason.Name(),
        verdict.Sha256,
        size,
        verdict.Engine,
        verdict.Database,
        verdict.ScannedAt,
        isKnown,
        isReleased);
}
