using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Events;

/// <summary>The data of an event of a refusal.</summary>
/// <param name="Verdict"><c>infected</c> or <c>unscannable</c>.</param>
/// <param name="Signature">What was found; null unless infected.</param>
/// <param name="Reason">Why it is unscannable, <c>blocked</c> for a block of the operator's; null if infected.</param>
/// <param name="Detail">One sentence more; null: there is none.</param>
/// <param name="Sha256">The content; null: it was never here as a whole.</param>
/// <param name="Url">Where it comes from, without query and credentials.</param>
/// <param name="Door">By which way it was asked for.</param>
/// <param name="Client">The address of who asked.</param>
/// <param name="User">The name of the credential.</param>
/// <param name="RequestId">As log and answer have it.</param>
/// <param name="Engine">The scanner's version.</param>
/// <param name="SignatureDatabase">The version of its signatures.</param>
/// <param name="ScannedAt">When the verdict was given.</param>
internal sealed record RefusalData(
    string Verdict,
    string? Signature,
    string? Reason,
    string? Detail,
    string? Sha256,
    string Url,
    string Door,
    string? Client,
    string? User,
    string? RequestId,
    string? Engine,
    int? SignatureDatabase,
    DateTimeOffset ScannedAt)
{
    private const int MostUrl = 2000;
    private const int MostOther = 300;

    /// <summary>Texts that others chose are cut, so that an event stays below the 20 kB that Standard Webhooks advises.</summary>
    public static RefusalData Of(Refusal refusal)
    {
        var verdict = refusal.Verdict;
        return new(
            verdict.Verdict.Tag(),
            Cut(verdict.Signature),
            verdict.Reason.Name(),
            Cut(verdict.Detail),
            verdict.Sha256.Length > 0 ? verdict.Sha256 : null,
            Cut(refusal.Url, MostUrl)!,
            refusal.Door,
            Cut(refusal.Client),
            Cut(refusal.User),
            Cut(refusal.RequestId),
            Cut(verdict.Engine),
            verdict.Database,
            verdict.ScannedAt);
    }

    private static string? Cut(string? text, int most = MostOther) =>
        text?.Length > most ? string.Concat(text.AsSpan(0, most), "...") : text;
}
