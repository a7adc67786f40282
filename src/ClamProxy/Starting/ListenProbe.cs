using System.Net;
using System.Net.Sockets;
using ClamProxy.Configuration;

namespace ClamProxy.Starting;

/// <summary>Finds out, once listening has failed, at which of the ports it did: the error itself does not say.</summary>
internal static class ListenProbe
{
    private const string Section = $"{SettingsReader.Root}:Listen";

    /// <returns>One line for each port that cannot be had; none where all can.</returns>
    public static IReadOnlyList<string> Problems(ListenOptions options, DoorOptions doors, IConfiguration configuration)
    {
        var named = NamedEndpoints.Of(configuration.GetSection("Kestrel:Endpoints"), doors);
        string?[] problems =
        [
            Of(Door.Proxy, "PORT", options.Port, named.Clients.Count > 0),
            named.HasManagement
                ? null
                : Problem("MANAGEMENT_PORT", options.ManagementPort, "MANAGEMENT_ADDRESS", options.ManagementAddress),
            Of(Door.Api, "API_PORT", options.ApiPort, false),
            Of(Door.Icap, "ICAP_PORT", options.IcapPort, named.Icap.Count > 0),
            Of(Door.ExtProc, "EXT_PROC_PORT", options.ExtProcPort, named.ExtProc.Count > 0),
        ];
        return [.. problems.OfType<string>()];

        string? Of(Door door, string portName, int port, bool isNamed) =>
            doors.Opens(door) && !isNamed ? Problem(portName, port, $"{Section}:Address", options.Address) : null;
    }

    private static string? Problem(string portName, int port, string addressName, string address)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ListenOptions.Parse(address) ?? IPAddress.IPv6Any, port));
            return null;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return SettingText.Line(addressName, address, "an IP address of this machine");
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            return SettingText.Line(
                portName,
                $"{port}",
                "a port that this process may listen on: those below 1024 need CAP_NET_BIND_SERVICE (permission denied)");
        }
        catch (SocketException refused)
        {
            return SettingText.Line(portName, $"{port}", $"a port that is free ({SettingText.OneLine(refused.Message)})");
        }
    }
}
