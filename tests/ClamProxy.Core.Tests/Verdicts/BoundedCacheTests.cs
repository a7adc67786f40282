using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class BoundedCacheTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly BoundedCache<string> _cache;

    public BoundedCacheTests() => _cache = new BoundedCache<string>(2, TimeSpan.FromSeconds(10), _time);

    [Fact]
    public void LifeOver_ItIsGoneAndItsPlaceIsFree()
    {
        _cache.Set("a", "1");
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.True(_cache.TryGet("a", out _));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.False(_cache.TryGet("a", out _));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void SetAgainWhenFull_NothingElseMakesRoom()
    {
        _cache.Set("a", "1");
        _cache.Set("b", "1");
        _cache.Set("b", "2");
        Assert.True(_cache.TryGet("a", out _));
        Assert.Equal(2, _cache.Count);
    }

    [Fact]
    public void RemovedByAnOlderValue_TheNewerOneStays()
    {
        _cache.Set("a", "old");
        _cache.Set("a", "new");
        _cache.Remove("a", "old");
        Assert.True(_cache.TryGet("a", out var value));
        Assert.Equal("new", value);
        _cache.Remove("a", "new");
        Assert.False(_cache.TryGet("a", out _));
    }
}
