using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamPaceTests
{
    [Theory]
    [InlineData(1000, 1000, 100)]
    [InlineData(999, 1000, 30)]
    [InlineData(1, 1024, 30)]
    [InlineData(1, 0, 100)]
    public async Task BodyThatDrips_IsGivenUpAfterOneWindow(int bytesPerSecond, int leastRate, int expectedSeconds)
    {
        var clock = FakeClock.Create();
        var (received, failure) = await CopyAsync(clock, leastRate, _ => bytesPerSecond, seconds: 100);

        Assert.Equal(expectedSeconds == 100 ? null : FailureReason.UpstreamTimedOut, failure?.Reason);
        Assert.Equal(expectedSeconds, received);
        if (failure is not null)
        {
            Assert.Contains($"less than {leastRate} bytes a second for 30 s", failure.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FastBeginning_BuysNoMoreThanItsWindow()
    {
        var (received, failure) = await CopyAsync(FakeClock.Create(), 1024, second => second < 10 ? 100_000 : 1, seconds: 1000);

        Assert.Equal(FailureReason.UpstreamTimedOut, failure?.Reason);
        Assert.Equal(60, received);
    }

    [Fact]
    public async Task SlowSink_IsNotUpstreamsPace()
    {
        var clock = FakeClock.Create();
        var (received, failure) = await CopyAsync(clock, 1024, _ => 2000, seconds: 100, sinkTakes: TimeSpan.FromSeconds(20));

        Assert.Null(failure);
        Assert.Equal(100, received);
    }

    /// <summary>Copies a body of which each second brings a piece; how many pieces came.</summary>
    private static async Task<(int Received, Failure? Failure)> CopyAsync(
        FakeTimeProvider clock, int leastRate, Func<int, int> bytesOf, int seconds, TimeSpan sinkTakes = default)
    {
        var received = 0;
        var options = new DownloadOptions { MinUpstreamRate = leastRate };
        using var content = new StreamContent(new Dripping(clock, bytesOf, seconds));
        var copy = new BodyCopy(
            (_, _) =>
            {
                received++;
                clock.Advance(sinkTakes);
                return ValueTask.FromResult<Failure?>(null);
            },
            options, clock);
        var failure = await copy.RunAsync(content, null, CancellationToken.None);
        return (failure is null ? received : received + 1, failure);
    }

    private sealed class Dripping(FakeTimeProvider clock, Func<int, int> bytesOf, int seconds) : AsyncReadStream
    {
        private int _second;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_second == seconds)
            {
                return ValueTask.FromResult(0);
            }

            clock.Advance(TimeSpan.FromSeconds(1));
            return ValueTask.FromResult(bytesOf(_second++));
        }
    }
}
