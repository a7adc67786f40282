using ClamProxy.Core.Download.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Download;

/// <summary>Puts the download side together.</summary>
public static class DownloadRegistration
{
    /// <summary>
    /// Adds <see cref="UpstreamClient"/>, <see cref="UpstreamGuard"/> and <see cref="FlightShares"/>. A TimeProvider registered earlier
    /// stays. Needs <see cref="Names.NameRegistration.AddNames"/>. Metrics and logging are the host's.
    /// </summary>
    public static IServiceCollection AddDownload(this IServiceCollection services, DownloadOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<DownloadMetrics>();
        services.AddSingleton<FlightShares>();
        services.AddSingleton<UpstreamProxies>(static services => new(services.GetRequiredService<DownloadOptions>()));
        services.AddSingleton<UpstreamGuard>();
        services.AddSingleton<UpstreamClient>();
        return services;
    }
}
