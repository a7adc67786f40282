using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Unproved;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Fetching;

public static class GateRegistration
{
    public static IServiceCollection AddGate(this IServiceCollection services, GateOptions options) => services
        .AddSingleton(options)
        .AddSingleton<GateMetrics>()
        .AddSingleton<GateReport>()
        .AddSingleton<VerdictLookup>()
        .AddSingleton<EngineScan>()
        .AddSingleton<StoredAnswers>()
        .AddSingleton<UrlLookup>()
        .AddSingleton<StoredRescan>()
        .AddSingleton<FlightVerdict>()
        .AddSingleton<DownloadFlight>()
        .AddSingleton<RescanFlight>()
        .AddSingleton<UpstreamOutages>()
        .AddSingleton<RevalidationFlight>()
        .AddHostedService<IdleRescans>()
        .AddSingleton(Gate);

    private static ContentGate Gate(IServiceProvider services) => new(
        services.GetRequiredService<UrlLookup>(),
        services.GetRequiredService<DownloadFlight>(),
        services.GetRequiredService<RescanFlight>(),
        services.GetRequiredService<RevalidationFlight>(),
        services.GetRequiredService<FlightShares>(),
        services.GetRequiredService<UnprovedTransfers>(),
        services.GetRequiredService<GateOptions>(),
        services.GetRequiredService<GateMetrics>(),
        services.GetRequiredService<GateReport>(),
        services.GetRequiredService<TimeProvider>());
}
