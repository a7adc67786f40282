using ClamProxy.Doors.Api;
using ClamProxy.Problems;

namespace ClamProxy.Scans;

/// <summary>What is known of one content, in words that are fit for a terminal.</summary>
/// <param name="Name">A path, a URL without its query, or - for what was piped in.</param>
internal sealed record ScannedContent(string Name, ScanOutcome Outcome)
{
    private const int MostDetail = 400;

    /// <summary>The verdict as the API tells it; null where there is none.</summary>
    public ScanVerdictAnswer? Verdict { get; private init; }

    /// <summary>Why there is no verdict, or why it is not clean; empty where the verdict says it all.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>clean, infected, unscannable or failed.</summary>
    public string Word => Verdict?.Verdict ?? "failed";

    /// <summary>What was found, or why there is no clean verdict; empty: nothing was.</summary>
    public string Finding => Verdict?.Signature ?? (Verdict?.Reason is { } reason && Detail.Length > 0 ? $"{reason}: {Detail}"
        : Verdict?.Reason ?? Detail);

    public static ScannedContent Of(ScanTarget target, ScanVerdictAnswer verdict, string? detail) =>
        new(target.Name, verdict.Released || verdict.Verdict == "clean" ? ScanOutcome.Clean : ScanOutcome.Refused)
        {
            Verdict = verdict,
            Detail = SafeText.Cut(detail ?? "", MostDetail),
        };

    public static ScannedContent Failed(ScanTarget target, string detail) =>
        new(target.Name, ScanOutcome.Failed) { Detail = SafeText.Cut(detail, MostDetail) };
}
