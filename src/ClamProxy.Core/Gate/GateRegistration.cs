using ClamProxy.Core.Download;
using ClamProxy.Core.Unproved;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Gate;

public static class GateRegistration
{
    public static IServiceCollection AddGate(this IServiceCollection services, GateOptions options) => services
        .AddSingleton(options)
        .AddSingleton<GateMetrics>()
        .AddSingleton<GateEvents>()
        .AddSingleton<GateReport>()
        .AddSingleton<KnownVerdicts>()
        .AddSingleton<ContentScan>()
        .AddSingleton<StoredAnswers>()
        .AddSingleton<KnownAnswers>()
        .AddSingleton<StoredRescan>()
        .AddSingleton<FlightJudge>()
        .AddSingleton<FlightCourse>()
        .AddSingleton<RescanCourse>()
        .AddSingleton<UpstreamOutages>()
        .AddSingleton<RevalidationCourse>()
        .AddHostedService<IdleRescans>()
        .AddSingleton(Gate);

    private static ContentGate Gate(IServiceProvider services) => new(
        services.GetRequiredService<KnownAnswers>(),
        services.GetRequiredService<FlightCourse>(),
        services.GetRequiredService<RescanCourse>(),
        services.GetRequiredService<RevalidationCourse>(),
        services.GetRequiredService<FlightShares>(),
        services.GetRequiredService<UnprovedTransfers>(),
        services.GetRequiredService<GateOptions>(),
        services.GetRequiredService<GateMetrics>(),
        services.GetRequiredService<GateReport>(),
        services.GetRequiredService<TimeProvider>());
}
