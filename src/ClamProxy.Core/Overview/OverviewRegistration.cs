using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Overview;

public static class OverviewRegistration
{
    /// <summary>Adds what remembers the latest decisions. Where it was added before, that stays: a host says how many.</summary>
    /// <param name="bytes">How many bytes of decisions are kept; 0: none.</param>
    public static IServiceCollection AddOverview(this IServiceCollection services, int bytes)
    {
        services.TryAddSingleton(new RecentDecisions(bytes));
        services.TryAddSingleton<RecentDetections>();
        return services;
    }
}
