using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>The queue of jobs in one real Redis, whose own clock ends leases.</summary>
public sealed class RedisJobQueueTests : SharedQueueConformance, IClassFixture<RedisServer>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private readonly RedisServer _redis;
    private readonly RedisJobs _jobs;

    public RedisJobQueueTests(RedisServer redis)
    {
        (_redis, _jobs) = (redis, new RedisJobs(redis));
        Options = new JobOptions { MaxWaiting = 50, LeaseTime = Lease };
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
        await Task.Delay(by < Lease ? by : Lease + TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
    }
}
