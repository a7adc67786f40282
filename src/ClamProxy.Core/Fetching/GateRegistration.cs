using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Fetching;

public static class GateRegistration
{
    public static IServiceCollection AddGate(this IServiceCollection services, GateOptions options) => services
        .AddSingleton(options)
        .AddSingleton<NetworkCookies>()
        .AddSingleton<TricklePace>()
        .AddSingleton<GateMetrics>()
        .AddSingleton<GateReport>()
        .AddSingleton<UrlVerdicts>()
        .AddSingleton<StoredAnswers>()
        .AddSingleton<ForgottenUrls>()
        .AddSingleton<Invalidations>()
        .AddSingleton<ReuseRules>()
        .AddSingleton<HeadUpdates>()
        .AddSingleton<UrlLookup>()
        .AddSingleton(Answers)
        .AddSingleton<StoredRescan>()
        .AddSingleton<FlightVerdict>()
        .AddSingleton<BodyDownload>()
        .AddSingleton<DownloadFlight>()
        .AddSingleton<RescanFlight>()
        .AddSingleton<UpstreamOutages>()
        .AddSingleton<RevalidationFlight>()
        .AddSingleton<FlightPlans>()
        .AddSingleton<FlightTable>()
        .AddSingleton<FlightWait>()
        .AddSingleton(provider => new FlightsAhead(options.MaxAhead, provider.GetRequiredService<GateReport>()))
        .AddHostedService<IdleRescans>()
        .AddSingleton(provider => new DecodedAnswers(
            provider.GetRequiredService<DecodedSpool>(), provider.GetRequiredService<ContentStore>()))
        .AddSingleton(Gate);

    private static KnownAnswers Answers(IServiceProvider services) => new(
        services.GetRequiredService<StoredAnswers>(),
        services.GetRequiredService<UrlVerdicts>(),
        services.GetRequiredService<ForgottenUrls>(),
        services.GetRequiredService<VerdictLookup>(),
        services.GetRequiredService<VerdictCutoffs>(),
        services.GetRequiredService<ContentStore>());

    private static ContentGate Gate(IServiceProvider services) => new(
        services.GetRequiredService<UrlLookup>(),
        services.GetRequiredService<HeadUpdates>(),
        services.GetRequiredService<FlightPlans>(),
        services.GetRequiredService<FlightTable>(),
        services.GetRequiredService<FlightsAhead>(),
        services.GetRequiredService<FlightWait>(),
        services.GetRequiredService<GateReport>(),
        services.GetRequiredService<TimeProvider>());
}
