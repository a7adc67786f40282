using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>Results in one real Redis.</summary>
public sealed class RedisResultStoreTests(RedisServer redis) : ResultStoreConformance, IClassFixture<RedisServer>
{
    private readonly RedisJobs _jobs = new(redis);

    [Fact]
    public async Task Finished_EndsByItselfWhereNoSweepFindsIt()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var results = await OpenAsync();
        var job = new Job("a", "objects", "a_file", "file", JobPriority.Normal, DateTimeOffset.UnixEpoch);
        await results.FinishAsync(job, new JobOutcome(JobStatus.Clean, DateTimeOffset.UnixEpoch, "processed/a_file"), cancelled);

        var left = await redis.Servers.AskAsync("TTL", "{clamproxy:v1:jobs}:result:a");

        Assert.InRange(int.Parse(left!.TrimStart(':'), System.Globalization.CultureInfo.InvariantCulture), 1, 3 * 24 * 3600);
        await redis.Servers.AskAsync("DEL", "{clamproxy:v1:jobs}:result:a");
        Assert.Empty((await results.ListAsync(new ResultFilter(), null, 10, cancelled)).Records);
        Assert.Equal(":0", await redis.Servers.AskAsync("ZCARD", "{clamproxy:v1:jobs}:results"));
    }

    [Fact]
    public async Task DeletionThatBrokeOff_IsMadeWholeByTheNext()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var results = await OpenAsync();
        var job = new Job("a", "objects", "a_file", "file", JobPriority.Normal, DateTimeOffset.UnixEpoch);
        await results.AddAsync(job, cancelled);
        await results.FinishAsync(job, new JobOutcome(JobStatus.Clean, DateTimeOffset.UnixEpoch, "processed/a_file"), cancelled);
        await redis.Servers.AskAsync("DEL", "{clamproxy:v1:jobs}:result:a");

        await results.DeleteAsync("a", cancelled);

        Assert.Equal(":0", await redis.Servers.AskAsync("ZCARD", "{clamproxy:v1:jobs}:status:CLEAN"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task RecordThatCannotBeRead_FailsAloneAndIsInNoList(string text)
    {
        var cancelled = TestContext.Current.CancellationToken;
        var results = await OpenAsync();
        foreach (var id in new[] { "a", "b" })
        {
            await results.AddAsync(
                new Job(id, "objects", $"{id}_file", "file", JobPriority.Normal, DateTimeOffset.UnixEpoch), cancelled);
        }

        await redis.Servers.AskAsync("HSET", "{clamproxy:v1:jobs}:result:a", "job", text);

        await Assert.ThrowsAsync<JobStoreException>(() => results.FindAsync("a", cancelled));
        Assert.Equal("b", Assert.Single((await results.ListAsync(new ResultFilter(), null, 10, cancelled)).Records).Job.Id);
        Assert.True(await results.DeleteAsync("a", cancelled));
    }

    public override ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private protected override async Task<IResultStore> OpenAsync() => new RedisResultStore(await _jobs.OpenAsync(), new JobOptions());

    private protected override Task<IResultStore> OpenAnotherAsync() => OpenAsync();
}
