using ClamProxy.Core.Overview;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Overview;

public sealed class WorkListTests
{
    [Fact]
    public void Work_IsThereUntilItEnds()
    {
        var clock = FakeClock.Create();
        var list = new WorkList(clock);
        var first = list.Begin(new("first", TimeSpan.Zero));
        clock.Advance(TimeSpan.FromSeconds(1));
        using var second = list.Begin(new("first", TimeSpan.Zero));

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.Zero], list.All.Select(work => work.Age));
        first.Dispose();

        Assert.Equal(TimeSpan.Zero, Assert.Single(list.All).Age);
    }
}
