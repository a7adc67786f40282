using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class BoundedCacheTests
{
    private readonly FakeTimeProvider _time = FakeClock.Create();
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
    public void OverItsBytes_AsManyLeaveAsTheNewOneNeeds()
    {
        var cache = new BoundedCache<string>(100, TimeSpan.FromSeconds(10), _time, bytes: 10, bytesOf: value => value.Length);
        cache.Set("a", "123");
        cache.Set("b", "1234");
        cache.Set("c", "12");
        cache.Set("d", "12345678");
        Assert.Equal(
            (false, false, true, true),
            (cache.TryGet("a", out _), cache.TryGet("b", out _), cache.TryGet("c", out _), cache.TryGet("d", out _)));
        cache.Remove("d");
        cache.Set("e", "12345678");
        Assert.Equal(2, cache.Count);
        cache.Set("f", "far longer than all of them");
        Assert.Equal((1, true), (cache.Count, cache.TryGet("f", out _)));
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
