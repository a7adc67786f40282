using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Clamd;

public static class ClamdRegistration
{
    /// <summary>Adds <see cref="ClamdPool"/> and the monitor that keeps it probed.</summary>
    public static IServiceCollection AddClamd(this IServiceCollection services, ClamdOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ScannerResolver>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        services.AddSingleton(options);
        services.AddSingleton<ClamdMetrics>();
        services.AddSingleton<ClamdPool>();
        services.AddHostedService<ClamdMonitor>();
        return services;
    }
}
