namespace ClamProxy.Core.Clamd;

/// <summary>How one scanner has done so far, since this process knows it.</summary>
/// <param name="AverageTime">How long its scans take: a moving average in which each scan counts a fifth; zero before the first.</param>
/// <param name="Scans">Scans that gave an answer.</param>
/// <param name="Failures">Scans in a row, up to now, that gave none.</param>
/// <param name="LastFailure">When the last of these was; null: the last scan gave an answer.</param>
public sealed record ScannerFigures(TimeSpan AverageTime, long Scans, int Failures, DateTimeOffset? LastFailure)
{
    /// <summary>What the scan services that ClamProxy takes after weigh one scan with.</summary>
    private const double Weight = 0.2;

    /// <summary>Nothing was scanned yet.</summary>
    public static ScannerFigures None { get; } = new(TimeSpan.Zero, 0, 0, null);

    /// <summary>One more scan gave an answer.</summary>
    internal ScannerFigures Answered(TimeSpan took) => new(
        Scans == 0 ? took : (took * Weight) + (AverageTime * (1 - Weight)), Scans + 1, 0, null);

    /// <summary>One more scan gave none.</summary>
    internal ScannerFigures Failed(DateTimeOffset at) => this with { Failures = Failures + 1, LastFailure = at };
}
