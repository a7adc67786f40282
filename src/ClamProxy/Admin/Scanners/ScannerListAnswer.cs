namespace ClamProxy.Admin.Scanners;

/// <summary>The scanners of this process.</summary>
/// <param name="Scanners">All of them, and names that lead to none.</param>
/// <param name="Waiting">Scans that wait for their turn.</param>
internal sealed record ScannerListAnswer(IReadOnlyList<ScannerAnswer> Scanners, int Waiting);
