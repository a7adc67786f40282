namespace ClamProxy.Management;

/// <summary>What /readyz answers from.</summary>
internal sealed record ReadinessReport(IReadOnlyList<ScannerReadiness> Scanners, StoreReadiness Store)
{
    /// <summary>The process has been asked to end.</summary>
    public bool IsStopping { get; init; }

    /// <summary>Whether a request should be sent here and could be scanned now: one scanner that answers and is trusted is enough.</summary>
    public bool IsReady => Problem is null;

    /// <summary>Why not.</summary>
    public string? Problem => IsStopping ? "stopping" : Scanners.Any(scanner => scanner.IsUp && scanner.IsTrusted) ? null : "no scanner is up and trusted";
}
