using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamTimeoutTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task UpstreamThatNeverAnswers_IsATimeOutAtTheHeadDeadline()
    {
        var clock = FakeClock.Create();
        await using var upstream = new Upstream(options => options.Retries = 2, clock);
        using var asked = new SemaphoreSlim(0);
        await using var origin = new RawOrigin(conversation =>
        {
            asked.Release();
            return conversation.HangAsync();
        });

        var fetching = upstream.FetchFailureAsync(origin.Url + "/x");
        await asked.WaitAsync(upstream.Token);
        clock.Advance(upstream.Options.HeaderTimeout - Tick);
        Assert.False(fetching.IsCompleted);
        clock.Advance(Tick);

        Assert.Equal(FailureReason.UpstreamTimedOut, (await fetching)?.Reason);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task RedirectsTogether_HaveOneHeadDeadline()
    {
        var clock = FakeClock.Create();
        await using var upstream = new Upstream(time: clock);
        using var last = new SemaphoreSlim(0);
        await using var origin = new RawOrigin(async conversation =>
        {
            clock.Advance(TimeSpan.FromSeconds(12));
            if (conversation.Number < 3)
            {
                await conversation.SayAsync("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                return;
            }

            await conversation.HangAsync();
        });

        Assert.Equal(FailureReason.UpstreamTimedOut, (await upstream.FetchFailureAsync(origin.Url + "/x"))?.Reason);
        Assert.Equal(3, origin.Requests.Count);
    }

    [Fact]
    public async Task BodyThatFallsSilent_IsATimeOutAfterTheIdleTime()
    {
        var idle = TimeSpan.FromSeconds(17);
        using var clock = new WatchedClock(idle);
        await using var upstream = new Upstream(options => options.IdleTimeout = idle, clock);
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            await conversation.HangAsync();
        });
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;

        var copying = response.CopyToAsync((_, _) => ValueTask.FromResult<Failure?>(null), upstream.Token);

        // Set once for the piece that came and once for the silence after it.
        await clock.TimerSetAsync(upstream.Token);
        await clock.TimerSetAsync(upstream.Token);
        clock.Advance(idle - Tick);
        Assert.False(copying.IsCompleted);
        clock.Advance(Tick);

        var failure = await copying;
        Assert.Equal(FailureReason.UpstreamTimedOut, failure?.Reason);
        Assert.Contains("nothing for 17 s", failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowSink_IsNotUpstreamsSilence()
    {
        var clock = FakeClock.Create();
        await using var upstream = new Upstream(time: clock);
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/x", new byte[1_000_000]);
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;

        var failure = await response.CopyToAsync(
            (_, _) =>
            {
                clock.Advance(upstream.Options.IdleTimeout * 2);
                return ValueTask.FromResult<Failure?>(null);
            },
            upstream.Token);

        Assert.Null(failure);
    }

    [Fact]
    public async Task BodyThatDrips_IsATimeOutAfterTheTotalTime()
    {
        var clock = FakeClock.Create();
        await using var upstream = new Upstream(time: clock);
        using var next = new SemaphoreSlim(1);
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            while (true)
            {
                await next.WaitAsync(conversation.Stopping);
                await conversation.SayAsync("x");
            }
        });
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;
        var pieces = 0;

        var failure = await response.CopyToAsync(
            (_, _) =>
            {
                pieces++;
                clock.Advance(TimeSpan.FromMinutes(10));
                next.Release();
                return ValueTask.FromResult<Failure?>(null);
            },
            upstream.Token);

        Assert.Equal(FailureReason.UpstreamTimedOut, failure?.Reason);
        Assert.Contains("whole file within 3600 s", failure!.Detail, StringComparison.Ordinal);
        Assert.Equal(6, pieces);
    }
}
