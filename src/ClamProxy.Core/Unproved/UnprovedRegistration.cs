using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Unproved;

public static class UnprovedRegistration
{
    /// <remarks>Needs <see cref="RedisRegistration.AddRedis"/> for Redis, IMeterFactory and TimeProvider.</remarks>
    public static IServiceCollection AddUnproved(this IServiceCollection services, UnprovedOptions options)
    {
        return services.AddSingleton(options).AddSingleton<UnprovedMetrics>().AddSingleton(Build).AddSingleton(BuildGiven);

        UnprovedTransfers Build(IServiceProvider provider)
        {
            var shared = provider.HasRedis() ? ActivatorUtilities.CreateInstance<SharedUnproved>(provider) : null;
            return new(options, shared, provider.GetRequiredService<UnprovedMetrics>(), provider.GetRequiredService<TimeProvider>());
        }

        DeliveredContents BuildGiven(IServiceProvider provider)
        {
            var shared = provider.HasRedis() ? ActivatorUtilities.CreateInstance<SharedContents>(provider) : null;
            return new(options, shared, provider.GetRequiredService<UnprovedMetrics>(), provider.GetRequiredService<TimeProvider>());
        }
    }
}
