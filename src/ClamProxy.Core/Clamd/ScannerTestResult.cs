namespace ClamProxy.Core.Clamd;

/// <summary>How a scanner's last test by the canaries ended.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Trouble">What they found wrong with it, in words; null: it passed.</param>
public sealed record ScannerTestResult(DateTimeOffset At, string? Trouble);
