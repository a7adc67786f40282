namespace ClamProxy.Core.Clamd;

/// <summary>The end of one scan.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Signature">What was found, as the scanner names it; null when nothing was.</param>
/// <param name="Detail">One sentence for people; it names the line of clamd.conf to change where a limit was reached.</param>
/// <param name="Version">What the scanner reported before the scan began, so never newer than what scanned.</param>
/// <param name="Scanner">The endpoint that answered; null when none did.</param>
public sealed record ScanReport(ScanOutcome Outcome, string? Signature, string Detail, ScannerVersion? Version, string? Scanner)
{
    /// <summary>What the scanner that answered was shown to do; null when none did.</summary>
    public ScannerLimits? Limits { get; init; }
}
