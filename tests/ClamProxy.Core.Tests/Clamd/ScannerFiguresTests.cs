using ClamProxy.Core.Clamd;

namespace ClamProxy.Core.Tests.Clamd;

public sealed class ScannerFiguresTests
{
    private static readonly DateTimeOffset Then = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void FirstScan_IsTheAverage() =>
        Assert.Equal(new(TimeSpan.FromSeconds(2), 1, 0, null), ScannerFigures.None.Answered(TimeSpan.FromSeconds(2)));

    [Fact]
    public void FurtherScan_CountsAFifth() => Assert.Equal(
        new(TimeSpan.FromSeconds(3), 2, 0, null),
        ScannerFigures.None.Answered(TimeSpan.FromSeconds(2)).Answered(TimeSpan.FromSeconds(7)));

    [Fact]
    public void Failures_AreCountedUntilAnAnswer()
    {
        var failed = ScannerFigures.None.Answered(TimeSpan.FromSeconds(2)).Failed(Then).Failed(Then.AddSeconds(1));

        Assert.Equal(new(TimeSpan.FromSeconds(2), 1, 2, Then.AddSeconds(1)), failed);
        Assert.Equal(new(TimeSpan.FromSeconds(2), 2, 0, null), failed.Answered(TimeSpan.FromSeconds(2)));
    }
}
