using System.Diagnostics.Metrics;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Events;

public static class EventRegistration
{
    /// <summary>Adds <see cref="RefusalEvents"/>, and what tells targets, where there are any.</summary>
    /// <remarks>Needs the record of deliveries, download, names, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddEvents(this IServiceCollection services, EventOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options).AddSingleton<RefusalEvents>();
        return options.AreOn ? services.AddTargets(options) : services;
    }

    private static IServiceCollection AddTargets(this IServiceCollection services, EventOptions options)
    {
        services
            .AddSingleton<EventMetrics>()
            .AddSingleton<EventReport>()
            .AddSingleton<EventTargets>()
            .AddSingleton(provider => EventQueue.Open(
                provider.GetRequiredService<EventTargets>(), options, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new EventDelivery(
                provider.GetRequiredService<EventQueue>(),
                provider.GetRequiredService<EventTargets>(),
                new WebhookSender(
                    options.Timeout,
                    provider.GetRequiredService<EventTargets>().Guard.Addresses,
                    provider.GetRequiredService<DownloadOptions>(),
                    provider.GetRequiredService<UpstreamProxies>(),
                    provider.GetRequiredService<IMeterFactory>(),
                    provider.GetRequiredService<TimeProvider>()),
                options,
                provider.GetRequiredService<EventReport>(),
                provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new EventHealth(provider.GetRequiredService<EventReport>()))
            .AddSingleton(provider => new EventTester(
                provider.GetRequiredService<EventQueue>(),
                provider.GetRequiredService<EventTargets>(),
                options,
                provider.GetRequiredService<EventReport>(),
                provider.GetRequiredService<TimeProvider>()))
            .AddHostedService<EventDeliveries>()
            .AddHostedService<RefusalWriter>();
        return options.All.Any(one => one.Target.Kinds.Contains(EventKind.DetectedLate))
            ? services.AddHostedService<LateEvents>()
            : services;
    }
}
