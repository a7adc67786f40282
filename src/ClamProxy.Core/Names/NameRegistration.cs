using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Names;

/// <summary>Puts the name resolver together.</summary>
public static class NameRegistration
{
    /// <summary>
    /// Adds <see cref="NameResolver"/>. A <see cref="SystemResolver"/> or TimeProvider registered earlier stays. Metrics are the host's.
    /// </summary>
    public static IServiceCollection AddNames(this IServiceCollection services, NameOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SystemResolver>(Dns.GetHostAddresses);
        services.AddSingleton(options);
        services.AddSingleton<NameMetrics>();
        return services.AddSingleton<NameResolver>();
    }
}
