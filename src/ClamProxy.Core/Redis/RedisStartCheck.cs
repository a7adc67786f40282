using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Redis;

/// <summary>Asks Redis once when the process starts, which does not wait for it.</summary>
internal sealed class RedisStartCheck(RedisCalls calls) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => calls.CheckAsync(stoppingToken);
}
