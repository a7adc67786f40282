using System.Globalization;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>The queue of jobs in one real Redis, whose own clock ends leases: tests set how long it says that they have lasted.</summary>
public sealed class RedisJobQueueTests : SharedQueueConformance, IClassFixture<RedisServer>
{
    private static readonly string[] s_streams = ["{clamproxy:v1:jobs}:normal", "{clamproxy:v1:jobs}:high"];

    private readonly RedisServer _redis;
    private readonly RedisJobs _jobs;

    public RedisJobQueueTests(RedisServer redis)
    {
        (_redis, _jobs) = (redis, new RedisJobs(redis));
        Options = new JobOptions { MaxWaiting = 50, LeaseTime = TimeSpan.FromMinutes(1) };
    }

    [Fact]
    public async Task RedisLostItsData_TheQueueWorksOn()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var queue = await OpenAsync();
        await queue.AddAsync(AJob("a"), cancelled);
        Assert.NotNull(await queue.TakeAsync(TimeSpan.Zero, cancelled));

        await _redis.Servers.EmptyAsync();

        Assert.Null(await queue.TakeAsync(TimeSpan.Zero, cancelled));
        await queue.AddAsync(AJob("b"), cancelled);
        Assert.Equal("b", (await queue.TakeAsync(Limit, cancelled))!.Job.Id);
    }

    public override ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private protected override async Task<IJobQueue> OpenAsync() => new RedisJobQueue(await _jobs.OpenAsync(), Options, Clock);

    private protected override Task<IJobQueue> OpenAnotherAsync() => OpenAsync();

    private protected override async Task PassAsync(TimeSpan by)
    {
        Clock.Advance(by);
        foreach (var stream in s_streams)
        {
            await AgeAsync(stream, by);
        }
    }

    /// <summary>A claim's IDLE is the time since the entry was handed out; JUSTID does not count it as handed out again.</summary>
    private async Task AgeAsync(string stream, TimeSpan by)
    {
        var pending = (await _redis.Servers.AskAsync("XPENDING", stream, "workers", "-", "+", "100"))!;
        foreach (var fields in pending.Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(4))
        {
            var (entry, consumer) = (fields[0], fields[1]);
            var idle = long.Parse(fields[2].TrimStart(':'), CultureInfo.InvariantCulture) + (long)by.TotalMilliseconds;
            var claimed = await _redis.Servers.AskAsync("XCLAIM", stream, "workers", consumer, "0", entry, "IDLE", $"{idle}", "JUSTID");
            Assert.Equal(entry, claimed);
        }
    }
}
