using System.Security.Cryptography.X509Certificates;
using ClamProxy.Connections;
using ClamProxy.Core.Tls;
using ClamProxy.Doors.Api;
using ClamProxy.Management;
using ClamProxy.Sending;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using KestrelListenOptions = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace ClamProxy.Configuration;

/// <summary>Opens the two ports, or what Kestrel's own configuration has in their place.</summary>
internal static class ListenRegistration
{
    private const string Management = "Management";

    /// <summary>Kestrel's own policy would download what a client's certificate names, before anybody knows who the client is.</summary>
    private static readonly X509ChainPolicy ClientTrust = TrustedRoots.Policy();

    /// <summary>
    /// Listens for the proxy's clients and, apart from them, for management. Where <c>Kestrel:Endpoints</c> names any, they take the place
    /// of <c>PORT</c>; the one that is called Management takes that of <c>MANAGEMENT_PORT</c>.
    /// </summary>
    public static void ListenOn(this KestrelServerOptions kestrel, ListenOptions options, DoorOptions doors)
    {
        kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = ClientTrust);
        var configured = kestrel.ConfigurationLoader?.Configuration.GetSection("Endpoints").GetChildren().ToLookup(
            endpoint => IsManagement(endpoint.Key));
        if (configured?[false].Any() is not true && doors.Opens(Door.Proxy))
        {
            Listen(kestrel, options.Address, options.Port, ServeClients);
        }

        foreach (var endpoint in configured?[false] ?? [])
        {
            kestrel.ConfigurationLoader!.Endpoint(endpoint.Key, made => ServeClients(made.ListenOptions));
        }

        if (configured?[true].Any() is true)
        {
            kestrel.ConfigurationLoader!.Endpoint(Management, endpoint => ManagementConnection.MarkAll(endpoint.ListenOptions));
        }
        else
        {
            Listen(kestrel, options.ManagementAddress, options.ManagementPort, ManagementConnection.MarkAll);
        }

        if (doors.Opens(Door.Api))
        {
            Listen(kestrel, options.Address, options.ApiPort, listener =>
            {
                ApiConnection.MarkAll(listener);
                ServeClients(listener);
            });
        }
    }

    private static void ServeClients(KestrelListenOptions listener)
    {
        ConnectionBounds.Bound(listener);
        SocketConnections.SendDirectly(listener);
    }

    private static bool IsManagement(string endpoint) => endpoint.Equals(Management, StringComparison.OrdinalIgnoreCase);

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
