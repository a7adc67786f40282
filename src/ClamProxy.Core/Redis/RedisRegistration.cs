using ClamProxy.Core.Names;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Redis;

/// <summary>Puts the connection to Redis together.</summary>
public static class RedisRegistration
{
    /// <summary>Adds the one connection to Redis that verdicts, leases and memories share. It is made when the first of them is.</summary>
    /// <remarks>Needs <see cref="NameRegistration.AddNames"/>, IMeterFactory and logging to be registered; takes TimeProvider from there
    /// too, or the system's.</remarks>
    public static IServiceCollection AddRedis(this IServiceCollection services, RedisOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        if (options.IsUsed)
        {
            services.AddHostedService<RedisStartCheck>();
        }

        return services.AddSingleton(options).AddSingleton<RedisMetrics>().AddSingleton(provider => RedisCalls.Start(
            options,
            provider.GetRequiredService<NameResolver>(),
            provider.GetRequiredService<RedisMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisCalls>>()));
    }

    /// <summary>Whether there is a Redis to ask.</summary>
    internal static bool HasRedis(this IServiceProvider provider) => provider.GetService<RedisOptions>() is { IsUsed: true };
}
