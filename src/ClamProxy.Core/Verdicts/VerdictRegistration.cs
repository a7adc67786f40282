using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Verdicts;

/// <summary>Puts the verdict store together.</summary>
public static class VerdictRegistration
{
    /// <summary>Adds <see cref="IVerdictStore"/>: Redis where it is set, else this process's memory. Neither waits for Redis.</summary>
    /// <remarks>Needs <see cref="RedisRegistration.AddRedis"/> for Redis, IMeterFactory and logging to be registered; takes TimeProvider
    /// from there too, or the system's.</remarks>
    public static IServiceCollection AddVerdicts(this IServiceCollection services, VerdictOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<VerdictMetrics>();
        return services.AddSingleton(Build);

        static IVerdictStore Build(IServiceProvider provider) => provider.HasRedis()
            ? ActivatorUtilities.CreateInstance<RedisVerdictStore>(provider)
            : Memory(provider);
    }

    private static MemoryVerdictStore Memory(IServiceProvider provider)
    {
        VerdictLog.KeptInMemory(provider.GetRequiredService<ILogger<MemoryVerdictStore>>());
        return ActivatorUtilities.CreateInstance<MemoryVerdictStore>(provider);
    }
}
