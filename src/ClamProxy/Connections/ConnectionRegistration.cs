using ClamProxy.Problems;
using ClamProxy.Ranges;

namespace ClamProxy.Connections;

internal static class ConnectionRegistration
{
    /// <summary>Adds what every door of HTTP needs: who its clients are, places for them, and how files and failures are sent.</summary>
    public static IServiceCollection AddConnections(this IServiceCollection services, ConnectionOptions options) => services
        .AddSingleton(options)
        .AddSingleton<ConnectionMetrics>()
        .AddSingleton<ClientAddress>()
        .AddSingleton<ConnectionBounds>()
        .AddSingleton<RequestBounds>()
        .AddSingleton<PartSender>()
        .AddSingleton<FailureReply>();

    /// <summary>Counts connections and requests from here on, and tells where fewer are possible than are allowed.</summary>
    public static void ObserveConnections(this WebApplication application)
    {
        var services = application.Services;
        var (connections, requests) = (services.GetRequiredService<ConnectionBounds>(), services.GetRequiredService<RequestBounds>());
        services.GetRequiredService<ConnectionMetrics>().Observe(() => connections.Open, () => requests.UnderWay);
        var options = services.GetRequiredService<ConnectionOptions>();
        if (DescriptorLimit.Connections < options.MaxConnections)
        {
            services.GetRequiredService<ILogger<ConnectionBounds>>().FewDescriptors(options.MaxConnections, DescriptorLimit.Connections);
        }
    }
}
