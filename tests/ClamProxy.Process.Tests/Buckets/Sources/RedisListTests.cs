using ClamProxy.Core.Buckets.Events;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>A list, as MinIO's format <c>access</c> fills it.</summary>
public sealed class RedisListTests(RedisFixture redis) : RedisSourceTests(redis)
{
    private protected override bool IsList => true;

    private protected override Task SendAsync(string body) => Servers.AskAsync("RPUSH", Key, body);

    [Fact]
    public async Task Hash_IsRefusedWithWhatToSetAtMinIO()
    {
        await Servers.AskAsync("HSET", Key, "bucket/object", "{}");
        await using var source = Open();

        var refused = await Assert.ThrowsAsync<EventSourceException>(() => TakeAsync(source));

        Assert.Contains("format=access", refused.Message, StringComparison.Ordinal);
    }
}
