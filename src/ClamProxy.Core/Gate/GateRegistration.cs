using ClamProxy.Core.Download;
using ClamProxy.Core.Policies;
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
        .AddSingleton<StoredRescan>()
        .AddSingleton<FlightCourse>()
        .AddHostedService<IdleRescans>()
        .AddSingleton(Gate);

    private static ContentGate Gate(IServiceProvider services) => new(
        services.GetRequiredService<UpstreamClient>(),
        services.GetRequiredService<StoredAnswers>(),
        services.GetRequiredService<KnownVerdicts>(),
        services.GetRequiredService<FlightCourse>(),
        services.GetRequiredService<ReleaseRules>(),
        services.GetRequiredService<GateOptions>(),
        services.GetRequiredService<GateMetrics>(),
        services.GetRequiredService<GateReport>(),
        services.GetRequiredService<TimeProvider>());
}
