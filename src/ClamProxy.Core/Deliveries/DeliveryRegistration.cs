using ClamProxy.Core.Overview;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Deliveries;

public static class DeliveryRegistration
{
    /// <remarks>Needs a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddDeliveries(this IServiceCollection services, DeliveryOptions options) => services
        .AddOverview(0)
        .AddSingleton(options)
        .AddSingleton<DeliveryMetrics>()
        .AddSingleton<DeliveryRecord>()
        .AddHostedService(provider => provider.GetRequiredService<DeliveryRecord>())
        .AddSingleton<LateDetections>()
        .AddHostedService(provider => provider.GetRequiredService<LateDetections>());
}
