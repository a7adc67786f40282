using ClamProxy.Core.Clamd;

namespace ClamProxy.Admin.Scanners;

/// <summary>How a test of a scanner by the canaries ended.</summary>
/// <param name="At">When.</param>
/// <param name="Passed">Whether it found what it must.</param>
/// <param name="Problem">What is wrong with it; null: it passed.</param>
internal sealed record CanaryAnswer(DateTimeOffset At, bool Passed, string? Problem)
{
    public static CanaryAnswer Of(ScannerTestResult result) => new(result.At, result.Trouble is null, result.Trouble);
}
