using ClamProxy.Core.Names;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Clamd;

public static class ClamdRegistration
{
    /// <summary>Adds <see cref="ClamdPool"/> and the monitor that keeps it probed. A <see cref="NameResolver"/> is the host's.</summary>
    public static IServiceCollection AddClamd(this IServiceCollection services, ClamdOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ScannerResolver>(provider =>
        {
            var names = provider.GetRequiredService<NameResolver>();
            return (host, cancellationToken) => names.FindAsync(host, client: null, cancellationToken);
        });
        services.AddSingleton(options);
        services.AddSingleton<ClamdMetrics>();
        services.AddSingleton<ClamdPool>();
        services.AddHostedService<ClamdMonitor>();
        return services;
    }
}
