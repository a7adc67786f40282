using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Store;

/// <summary>Puts the store together.</summary>
public static class StoreRegistration
{
    /// <summary>
    /// Adds <see cref="ContentStore"/>, which is off where STORE_PATH is unset, and what looks after it while the host runs.
    /// </summary>
    /// <remarks>Needs IMeterFactory and logging to be registered; takes TimeProvider from there too, or the system's.</remarks>
    public static IServiceCollection AddStore(this IServiceCollection services, StoreOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton<StoreMetrics>()
            .AddSingleton<ContentStore>()
            .AddHostedService<StoreUpkeep>();
    }
}
