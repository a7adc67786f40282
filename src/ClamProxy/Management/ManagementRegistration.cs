using ClamProxy.Dashboard;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Management;

/// <summary>Puts the management port together.</summary>
internal static class ManagementRegistration
{
    /// <summary>Adds what the management port answers from.</summary>
    /// <param name="services">Needs IMeterFactory, which the host registers.</param>
    /// <param name="readiness">Says at any moment, without waiting, how scanners and store are.</param>
    public static IServiceCollection AddManagement(this IServiceCollection services, Func<IServiceProvider, ReadinessReport> readiness)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Func<ReadinessReport>>(provider => () => readiness(provider));
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<ManagementMetrics>();
        services.AddHostedService<ReadinessWatch>();
        return services.AddSingleton<ManagementEndpoints>();
    }

    /// <summary>
    /// Counts from here on. Call it before anything that counts is created: a counter's first value, which shows it before it has counted,
    /// goes to nobody otherwise, and an up-down counter would start below zero.
    /// </summary>
    public static void CountFromTheStart(this WebApplication app)
    {
        app.Services.GetRequiredService<MetricsCollector>();
        app.Services.GetRequiredService<ManagementMetrics>();
    }

    /// <summary>
    /// Answers /healthz, /readyz, /metrics and the actions on the management listener, and there nothing else. Call it before every other
    /// middleware.
    /// </summary>
    public static WebApplication MapManagement(this WebApplication app)
    {
        var endpoints = app.Services.GetRequiredService<ManagementEndpoints>();
        app.MapWhen(ManagementConnection.Carries, management => management.UseDashboard().Run(endpoints.AnswerAsync));
        return app;
    }
}
