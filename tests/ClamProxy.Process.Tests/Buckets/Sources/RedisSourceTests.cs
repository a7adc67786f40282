using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Redis;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>Keys of one real Redis as the source of events.</summary>
public abstract class RedisSourceTests(RedisFixture redis) : DeadLetterConformance, IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisEventOpener _opener = new();

    private protected string Key { get; } = $"events-{Guid.NewGuid():N}";

    private protected RedisProcess Servers => redis.Servers;

    private protected abstract bool IsList { get; }

    private protected RedisEventKeys Keys => new(Key, "uploads");

    private protected override IEventSource Open() => _opener.Open(Servers.Url, Keys, IsList, HeldFor);

    private protected override async Task<(string Body, string Reason)> DeadAsync()
    {
        var lines = (await Servers.AskAsync("XRANGE", Keys.Dead, "-", "+", "COUNT", "1"))!.Split('\n');
        return (lines[Array.IndexOf(lines, "message") + 1], lines[Array.IndexOf(lines, "reason") + 1]);
    }

    public void Dispose()
    {
        _opener.Dispose();
        GC.SuppressFinalize(this);
    }
}
