using ClamProxy.Management;
using ClamProxy.Sending;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using KestrelListenOptions = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace ClamProxy.Configuration;

/// <summary>Opens the two ports.</summary>
internal static class ListenRegistration
{
    /// <summary>Listens for the proxy's clients and, apart from them, for management.</summary>
    public static void ListenOn(this KestrelServerOptions kestrel, ListenOptions options)
    {
        Listen(kestrel, options.Address, options.Port, SocketConnections.SendDirectly);
        Listen(kestrel, options.ManagementAddress, options.ManagementPort, ManagementConnection.MarkAll);
    }

    private static void Listen(KestrelServerOptions kestrel, string address, int port, Action<KestrelListenOptions> configure)
    {
        if (ListenOptions.Parse(address) is { } one)
        {
            kestrel.Listen(one, port, configure);
        }
        else
        {
            kestrel.ListenAnyIP(port, configure);
        }
    }
}
