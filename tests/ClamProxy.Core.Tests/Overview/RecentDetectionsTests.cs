using ClamProxy.Core.Overview;

namespace ClamProxy.Core.Tests.Overview;

public sealed class RecentDetectionsTests
{
    [Fact]
    public void MoreThanItTakes_DropsTheOldest()
    {
        var recent = new RecentDetections();

        for (var i = 0; i < 300; i++)
        {
            recent.Add(new(DateTimeOffset.UnixEpoch, $"{i}", null, 1, DateTimeOffset.UnixEpoch));
        }

        Assert.Equal(Enumerable.Range(100, 200).Reverse().Select(i => $"{i}"), recent.All.Select(one => one.Sha256));
    }
}
