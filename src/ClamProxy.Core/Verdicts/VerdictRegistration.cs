using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Verdicts;

/// <summary>Puts the verdict store together.</summary>
public static class VerdictRegistration
{
    /// <summary>Adds <see cref="IVerdictStore"/>: Redis where its URL is set, else this process's memory. Neither waits for Redis.</summary>
    /// <remarks>Needs <see cref="NameRegistration.AddNames"/>, IMeterFactory and logging to be registered; takes TimeProvider from there too, or the system's.</remarks>
    public static IServiceCollection AddVerdicts(this IServiceCollection services, VerdictOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<VerdictMetrics>();
        services.AddSingleton(provider => RedisCalls.Start(
            options,
            provider.GetRequiredService<NameResolver>(),
            provider.GetRequiredService<VerdictMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisVerdictStore>>()));
        return services.AddSingleton(Build);

        IVerdictStore Build(IServiceProvider provider) => options.UsesRedis
            ? ActivatorUtilities.CreateInstance<RedisVerdictStore>(provider)
            : Memory(provider);
    }

    private static MemoryVerdictStore Memory(IServiceProvider provider)
    {
        VerdictLog.KeptInMemory(provider.GetRequiredService<ILogger<MemoryVerdictStore>>());
        return ActivatorUtilities.CreateInstance<MemoryVerdictStore>(provider);
    }
}
