using ClamProxy.Core.Buckets.Redis;
using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>Opens keys of real Redis servers as processes do.</summary>
internal sealed class RedisEventOpener : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddNames(new NameOptions { Threads = 1 })
        .BuildServiceProvider();

    /// <param name="url">As REDIS_URL has it.</param>
    /// <param name="callsEndAfter">The deadline of a call; short only where a test waits for calls to servers that are gone.</param>
    public RedisEvents Open(string url, RedisEventKeys keys, bool isList, TimeSpan heldFor, TimeSpan? callsEndAfter = null)
    {
        var address = RedisUrl.Parse(url).Address!;
        return new RedisEvents(Calls(), Calls(), keys, isList, heldFor, TimeProvider.System);

        RedisEventCalls Calls() => new(
            address,
            new RedisConnection(address, _services.GetRequiredService<NameResolver>(), TimeProvider.System),
            callsEndAfter ?? TimeSpan.FromSeconds(30),
            TimeProvider.System);
    }

    public void Dispose() => _services.Dispose();
}
