using ClamProxy.Core.Redis;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Redis;

public sealed class RedisBreakerTests
{
    private readonly FakeTimeProvider _time = FakeClock.Create();
    private readonly RedisBreaker _breaker;
    private double _jitter = 0.5;

    public RedisBreakerTests() => _breaker = new RedisBreaker(
        new RedisOptions { BreakerFailures = 3, BreakerRest = Seconds(1), BreakerRestMax = Seconds(15) }, _time, () => _jitter);

    [Fact]
    public void FailuresInARow_OpenIt()
    {
        Assert.Equal(BreakerChange.None, Fail());
        Assert.Equal(BreakerChange.None, Fail());
        Assert.True(_breaker.TryEnter(out var isProbe));
        Assert.False(isProbe);
        Assert.Equal(BreakerChange.Opened, Fail());
        Assert.True(_breaker.IsOpen);
        Assert.False(_breaker.TryEnter(out _));
    }

    [Fact]
    public void SuccessInBetween_KeepsItClosed()
    {
        Fail();
        Fail();
        _breaker.Succeeded(isProbe: false);
        Fail();
        Fail();
        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void RestOver_OneCallAloneIsLetThrough()
    {
        Open();
        _time.Advance(Seconds(0.999));
        Assert.False(_breaker.TryEnter(out _));
        _time.Advance(Seconds(0.001));
        Assert.True(_breaker.TryEnter(out var isProbe));
        Assert.True(isProbe);
        Assert.False(_breaker.TryEnter(out _));
    }

    [Fact]
    public void ProbeSucceeds_ItIsClosed()
    {
        OpenAndProbe();
        Assert.Equal(BreakerChange.Closed, _breaker.Succeeded(isProbe: true));
        Assert.False(_breaker.IsOpen);
        Assert.True(_breaker.TryEnter(out var isProbe));
        Assert.False(isProbe);
    }

    [Fact]
    public void ProbesFail_TheRestDoublesUpToItsBound()
    {
        Open();
        foreach (var rest in new[] { 1, 2, 4, 8, 15, 15, 15 })
        {
            Assert.Equal(Seconds(rest), _breaker.Rest);
            _time.Advance(Seconds(rest));
            Assert.True(_breaker.TryEnter(out var isProbe));
            Assert.Equal(BreakerChange.StayedOpen, _breaker.Failed(isProbe));
        }
    }

    [Fact]
    public void ProbesFailOfOneOfSeveralServers_TheRestStaysAsItIs()
    {
        var breaker = new RedisBreaker(
            new RedisOptions { BreakerFailures = 1, BreakerRest = Seconds(1), BreakerRestMax = Seconds(15) },
            _time,
            () => _jitter,
            isAllOfIt: false);
        breaker.Failed(isProbe: false);
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(Seconds(1), breaker.Rest);
            _time.Advance(Seconds(1));
            Assert.True(breaker.TryEnter(out var isProbe));
            Assert.Equal(BreakerChange.StayedOpen, breaker.Failed(isProbe));
        }
    }

    [Fact]
    public void ProbesFailForYears_TheRestStaysAtItsBound()
    {
        Open();
        for (var i = 0; i < 5_000; i++)
        {
            _breaker.Failed(isProbe: true);
        }

        Assert.Equal(Seconds(15), _breaker.Rest);
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(1, 1.2)]
    public void Jitter_VariesTheRestByAFifth(double jitter, double seconds)
    {
        _jitter = jitter;
        Open();
        Assert.Equal(Seconds(seconds), _breaker.Rest);
    }

    [Fact]
    public void CallerOfTheProbeLeaves_TheNextCallProbes()
    {
        OpenAndProbe();
        _breaker.Left(isProbe: true);
        Assert.True(_breaker.TryEnter(out var isProbe));
        Assert.True(isProbe);
    }

    [Fact]
    public void CallsFromBeforeTheOpening_ChangeNothing()
    {
        OpenAndProbe();
        Assert.Equal(BreakerChange.None, _breaker.Succeeded(isProbe: false));
        Assert.Equal(BreakerChange.None, Fail());
        _breaker.Left(isProbe: false);
        Assert.True(_breaker.IsOpen);
        Assert.False(_breaker.TryEnter(out _));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private BreakerChange Fail() => _breaker.Failed(isProbe: false);

    private void Open()
    {
        Fail();
        Fail();
        Fail();
    }

    private void OpenAndProbe()
    {
        Open();
        _time.Advance(Seconds(1));
        Assert.True(_breaker.TryEnter(out _));
    }
}
