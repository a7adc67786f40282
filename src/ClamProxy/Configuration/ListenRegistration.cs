using System.Security.Cryptography.X509Certificates;
using ClamProxy.Connections;
using ClamProxy.Core.Tls;
using ClamProxy.Doors.Api;
using ClamProxy.Doors.ExtProc;
using ClamProxy.Doors.Icap;
using ClamProxy.Management;
using ClamProxy.Sending;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using KestrelListenOptions = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace ClamProxy.Configuration;

/// <summary>Opens the ports, or what Kestrel's own configuration has in their place.</summary>
internal static class ListenRegistration
{
    /// <summary>Kestrel's own policy would download what a client's certificate names, before anybody knows who the client is.</summary>
    private static readonly X509ChainPolicy ClientTrust = TrustedRoots.Policy();

    /// <summary>
    /// Listens for the proxy's clients and, apart from them, for management. Where <c>Kestrel:Endpoints</c> names any, they take the place
    /// of <c>PORT</c>; the one that is called Management takes that of <c>MANAGEMENT_PORT</c>, and those whose names begin with Icap or
    /// ExtProc that of <c>ICAP_PORT</c> or <c>EXT_PROC_PORT</c>.
    /// </summary>
    public static void ListenOn(this KestrelServerOptions kestrel, ListenOptions options, DoorOptions doors)
    {
        kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = ClientTrust);
        var named = NamedEndpoints.Of(kestrel.ConfigurationLoader?.Configuration.GetSection("Endpoints"), doors);
        if (named.Clients.Count == 0 && doors.Opens(Door.Proxy))
        {
            Listen(kestrel, options.Address, options.Port, ServeClients);
        }

        foreach (var endpoint in named.Clients)
        {
            kestrel.ConfigurationLoader!.Endpoint(endpoint.Key, made => ServeClients(made.ListenOptions));
        }

        if (named.HasManagement)
        {
            kestrel.ConfigurationLoader!.Endpoint(
                NamedEndpoints.ManagementName, endpoint => ManagementConnection.MarkAll(endpoint.ListenOptions));
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

        foreach (var endpoint in named.Icap)
        {
            kestrel.ConfigurationLoader!.Endpoint(
                endpoint.Key, made => ServeIcap(made.ListenOptions, made.IsHttps ? made.HttpsOptions : null));
        }

        if (doors.Opens(Door.Icap) && named.Icap.Count == 0)
        {
            Listen(kestrel, options.Address, options.IcapPort, listener => ServeIcap(listener, null));
        }

        foreach (var endpoint in named.ExtProc)
        {
            kestrel.ConfigurationLoader!.Endpoint(endpoint.Key, made => ServeEnvoy(made.ListenOptions));
        }

        if (doors.Opens(Door.ExtProc) && named.ExtProc.Count == 0)
        {
            Listen(kestrel, options.Address, options.ExtProcPort, ServeEnvoy);
        }
    }

    /// <param name="tls">Where it speaks TLS (icaps): Kestrel would add that behind what speaks ICAP.</param>
    private static void ServeIcap(KestrelListenOptions listener, HttpsConnectionAdapterOptions? tls)
    {
        ConnectionBounds.Bound(listener);
        listener.ApplicationServices.GetRequiredService<IcapListeners>().Add(listener);
        if (tls is not null)
        {
            listener.UseHttps(tls);
        }

        listener.ServeIcap();
    }

    private static void ServeEnvoy(KestrelListenOptions listener)
    {
        ConnectionBounds.Bound(listener);
        ExtProcConnection.MarkAll(listener);
    }

    private static void ServeClients(KestrelListenOptions listener)
    {
        ConnectionBounds.Bound(listener);
        SocketConnections.SendDirectly(listener);
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
