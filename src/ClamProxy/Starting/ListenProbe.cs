using System.Net;
using System.Net.Sockets;
using ClamProxy.Configuration;

namespace ClamProxy.Starting;

/// <summary>Finds out, once listening has failed, at which of the two ports it did: the error itself does not say.</summary>
internal static class ListenProbe
{
    private const string Section = $"{SettingsReader.Root}:Listen";

    /// <returns>One line for each port that cannot be had; none where both can.</returns>
    public static IReadOnlyList<string> Problems(ListenOptions options, IConfiguration configuration)
    {
        var configured = configuration.GetSection("Kestrel:Endpoints").GetChildren().ToLookup(
            endpoint => endpoint.Key.Equals("Management", StringComparison.OrdinalIgnoreCase));
        string?[] problems =
        [
            configured[false].Any() ? null : Problem("PORT", options.Port, $"{Section}:Address", options.Address),
            configured[true].Any()
                ? null
                : Problem("MANAGEMENT_PORT", options.ManagementPort, "MANAGEMENT_ADDRESS", options.ManagementAddress),
        ];
        return [.. problems.OfType<string>()];
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
