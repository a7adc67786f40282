using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;

namespace ClamProxy.Core.Tests.Fetching;

public sealed class TricklePaceTests
{
    private readonly TricklePace _pace = new(new GateOptions { HoldBackBytes = 1000, TrickleBytes = 100 }, TimeProvider.System);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1000, 0, 0)]
    [InlineData(1001, 0, 1)]
    [InlineData(1016, 0, 1)]
    [InlineData(1032, 0, 2)]
    [InlineData(1_000_000, 0, 100)]
    [InlineData(1_000_000, 999_000, 0)]
    [InlineData(1_000_000, 998_999, 1)]
    [InlineData(1_000_000, 1_000_000, 0)]
    public void Step_IsAPartOfWhatMayBeSentAndNeverOfTheLastBytes(long received, long sent, int step) =>
        Assert.Equal(step, _pace.StepOf(received, sent));
}
