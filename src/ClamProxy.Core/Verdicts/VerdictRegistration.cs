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
    /// <param name="services">Where it is added.</param>
    /// <param name="options">How many, and for how long.</param>
    /// <param name="cutoffPath">The file that keeps <see cref="VerdictCutoffs"/>; null: Redis and memory alone do.</param>
    public static IServiceCollection AddVerdicts(this IServiceCollection services, VerdictOptions options, string? cutoffPath = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<VerdictMetrics>();
        services.AddSingleton<VerdictCutoffs>();
        services.AddSingleton(provider => new CutoffSync(
            provider.GetRequiredService<VerdictCutoffs>(),
            options,
            provider.HasRedis() ? provider.GetRequiredService<RedisCalls>() : null,
            cutoffPath ?? "",
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CutoffSync>>()));
        services.AddHostedService(provider => provider.GetRequiredService<CutoffSync>());
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
