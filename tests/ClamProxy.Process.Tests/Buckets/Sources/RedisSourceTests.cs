using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Redis;
using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>Keys of one real Redis as the source of events.</summary>
public abstract class RedisSourceTests(RedisFixture redis) : DeadLetterConformance, IClassFixture<RedisFixture>, IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddNames(new NameOptions { Threads = 1 })
        .BuildServiceProvider();

    private protected string Key { get; } = $"events-{Guid.NewGuid():N}";

    private protected RedisProcess Servers => redis.Servers;

    private protected abstract bool IsList { get; }

    private RedisEventKeys Keys => new(Key, "uploads");

    private protected override IEventSource Open() => new RedisEvents(Calls(), Calls(), Keys, IsList, HeldFor, TimeProvider.System);

    private protected override async Task<(string Body, string Reason)> DeadAsync()
    {
        var lines = (await Servers.AskAsync("XRANGE", Keys.Dead, "-", "+", "COUNT", "1"))!.Split('\n');
        return (lines[Array.IndexOf(lines, "message") + 1], lines[Array.IndexOf(lines, "reason") + 1]);
    }

    public void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private RedisEventCalls Calls()
    {
        var address = RedisUrl.Parse(Servers.Url).Address!;
        return new(
            address,
            new RedisConnection(address, _services.GetRequiredService<NameResolver>(), TimeProvider.System),
            TimeSpan.FromSeconds(5),
            TimeProvider.System);
    }
}
