using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Leases;

/// <summary>Puts the leases together.</summary>
public static class LeaseRegistration
{
    /// <summary>Adds <see cref="IFlightLeases"/>: in Redis where there is one, else each flight is alone.</summary>
    /// <remarks>Needs <see cref="RedisRegistration.AddRedis"/> for Redis, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddLeases(this IServiceCollection services, LeaseOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<LeaseMetrics>();
        return services.AddSingleton(Build);

        static IFlightLeases Build(IServiceProvider provider) => provider.HasRedis()
            ? ActivatorUtilities.CreateInstance<RedisFlightLeases>(provider)
            : new SingleProcessLeases();
    }
}
