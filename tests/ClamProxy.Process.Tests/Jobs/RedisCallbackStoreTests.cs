using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>Callbacks in one real Redis.</summary>
public sealed class RedisCallbackStoreTests(RedisServer redis) : CallbackStoreConformance, IClassFixture<RedisServer>
{
    private readonly RedisJobs _jobs = new(redis);

    [Fact]
    public async Task HashEndedByItself_TheNextOneIsTaken()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var store = await OpenAsync();
        foreach (var id in new[] { "a", "b" })
        {
            var callback = Callback.New(id, "https://hooks.example.org/", Clock.GetUtcNow()) with { State = CallbackState.Due };
            await store.AddAsync(callback, Clock.GetUtcNow(), 1, cancelled);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var left = await redis.Servers.AskAsync("TTL", "{clamproxy:v1:jobs}:callbacks:a");
        await redis.Servers.AskAsync("DEL", "{clamproxy:v1:jobs}:callbacks:a");

        Assert.InRange(int.Parse(left!.TrimStart(':'), System.Globalization.CultureInfo.InvariantCulture), 1, 3 * 24 * 3600);
        Assert.Equal("b", (await store.TakeAsync(cancelled))!.Callback.JobId);
        Assert.Equal(":1", await redis.Servers.AskAsync("ZCARD", "{clamproxy:v1:jobs}:callbacks-taken"));
        Assert.Equal(":0", await redis.Servers.AskAsync("ZCARD", "{clamproxy:v1:jobs}:callbacks-due"));
    }

    public override ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private protected override async Task<ICallbackStore> OpenAsync() =>
        new RedisCallbackStore(await _jobs.OpenAsync(), new JobOptions(), Options, Clock);

    private protected override Task<ICallbackStore> OpenAnotherAsync() => OpenAsync();
}
