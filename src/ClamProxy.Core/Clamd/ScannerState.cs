namespace ClamProxy.Core.Clamd;

/// <summary>What is known of one scanner at this moment.</summary>
/// <param name="Endpoint">Its address, as configured; where that is a name, the address that it leads to stands behind it.</param>
/// <param name="IsUp">It answers.</param>
/// <param name="IsTrusted">It passed the canaries: it finds what it must and does not keep silent about its own limits.</param>
/// <param name="Version">What it last reported; null before it first answered.</param>
/// <param name="Trouble">One line that says why it gets no work and what to change; null when it does.</param>
/// <param name="ScansInFlight">Scans it is busy with, those nobody waits for any more included.</param>
/// <param name="Limits">What its last passed test showed of it; null before the first.</param>
public sealed record ScannerState(
    string Endpoint, bool IsUp, bool IsTrusted, ScannerVersion? Version, string? Trouble, int ScansInFlight, ScannerLimits? Limits)
{
    /// <summary>How its scans went.</summary>
    public ScannerFigures Figures { get; init; } = ScannerFigures.None;

    /// <summary>An operator lets it have no new scans.</summary>
    public bool IsDrained { get; init; }

    /// <summary>How its last test ended; null: it was not tested yet.</summary>
    public ScannerTestResult? LastTest { get; init; }
}
