using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.Process.Tests.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>Connections to a Redis, each as a process of its own would have it.</summary>
internal sealed class RedisJobs(RedisServer redis) : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddNames(new NameOptions { Threads = 1 })
        .BuildServiceProvider();
    private readonly List<RedisConnection> _open = [];

    public async Task<RedisJobCalls> OpenAsync()
    {
        if (_open.Count == 0)
        {
            await redis.Servers.EmptyAsync();
        }

        var connection = new RedisConnection(
            RedisUrl.Parse(redis.Servers.Url).Address!, _services.GetRequiredService<NameResolver>(), TimeProvider.System, listens: true);
        _open.Add(connection);
        return new RedisJobCalls(connection, TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(connection => connection.Dispose());
        await _services.DisposeAsync();
    }
}
