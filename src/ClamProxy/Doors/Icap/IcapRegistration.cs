using ClamProxy.Core.Messages;
using ClamProxy.Core.Policies;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Doors.Icap;

internal static class IcapRegistration
{
    /// <param name="settings">Differs with other settings.</param>
    public static IServiceCollection AddIcapDoor(this IServiceCollection services, IcapOptions options, string settings) => services
        .AddSingleton(options)
        .AddSingleton<IcapMetrics>()
        .AddSingleton<IcapAccess>()
        .AddSingleton(provider => new IcapTag(
            provider.GetRequiredService<MessageScanner>(), provider.GetRequiredService<CurrentPolicies>(), settings))
        .AddSingleton<IcapTrickle>()
        .AddSingleton<IcapDoor>()
        .AddSingleton<IcapConnections>();

    /// <summary>All connections of a listener speak ICAP. To be the listener's last.</summary>
    public static void ServeIcap(this ListenOptions listener)
    {
        // Listeners are set up while the application is built: what the door needs is not to be created before counting starts.
        var services = listener.ApplicationServices;
        listener.Run(connection => services.GetRequiredService<IcapConnections>().OnConnectedAsync(connection));
    }
}
