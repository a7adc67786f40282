namespace ClamProxy.Core.Clamd;

/// <summary>What became of the scans of all scanners since the process started.</summary>
/// <param name="Clean">Contents that were found clean.</param>
/// <param name="Infected">Contents in which something was found.</param>
/// <param name="Other">Scans without such a verdict: not scanned as a whole, or no answer.</param>
public readonly record struct ScanTotals(long Clean, long Infected, long Other);
