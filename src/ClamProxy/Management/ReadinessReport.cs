namespace ClamProxy.Management;

/// <summary>What /readyz answers from.</summary>
internal sealed record ReadinessReport(IReadOnlyList<ScannerReadiness> Scanners, StoreReadiness Store)
{
    /// <summary>Whether a request could be scanned now: one scanner that answers and is trusted is enough.</summary>
    public bool IsReady => Scanners.Any(scanner => scanner.IsUp && scanner.IsTrusted);
}
