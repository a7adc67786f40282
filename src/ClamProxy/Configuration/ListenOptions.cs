using System.Net;
using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>Where the proxy and its management listen.</summary>
public sealed class ListenOptions : ISettings
{
    private const string AddressTakes = "any, localhost or an IP address of this machine";

    public static string Section => "Listen";

    /// <summary>
    /// The proxy's TCP port, unless Kestrel:Endpoints says where it listens (TLS). Default 8080, range 0 to 65535; 0 takes any free port.
    /// 8080 is what .NET's container images use: a process without rights may bind it.
    /// </summary>
    [Setting("a port, 0 to 65535; 0 is any free one", Variable = "PORT", Min = 0, Max = 65_535)]
    public int Port { get; set; } = 8080;

    /// <summary>
    /// The port of health, readiness and metrics, which must not be open to clients. Default 8081, range 0 to 65535; 0 takes any free port.
    /// </summary>
    [Setting("a port other than PORT, 0 to 65535; 0 is any free one", Variable = "MANAGEMENT_PORT", Min = 0, Max = 65_535)]
    public int ManagementPort { get; set; } = 8081;

    /// <summary>
    /// The port of the scan API, where DOORS opens it. Default 8000, range 0 to 65535; 0 takes any free port. 8000 is where clients of
    /// other scan services look for it.
    /// </summary>
    [Setting(
        "a port other than PORT and MANAGEMENT_PORT, 0 to 65535; 0 is any free one", Variable = "API_PORT", Min = 0, Max = 65_535)]
    public int ApiPort { get; set; } = 8000;

    /// <summary>
    /// The port of ICAP, where DOORS opens it and Kestrel:Endpoints names none for it. Default 1344 (RFC 3507 §4.2), range 0 to 65535; 0
    /// takes any free port.
    /// </summary>
    [Setting("a port that no other door has, 0 to 65535; 0 is any free one", Variable = "ICAP_PORT", Min = 0, Max = 65_535)]
    public int IcapPort { get; set; } = 1344;

    /// <summary>
    /// The port of Envoy's external processing (gRPC over h2c), where DOORS opens it and Kestrel:Endpoints names none for it. Default
    /// 50051, which gRPC's examples use, range 0 to 65535; 0 takes any free port.
    /// </summary>
    [Setting("a port that no other door has, 0 to 65535; 0 is any free one", Variable = "EXT_PROC_PORT", Min = 0, Max = 65_535)]
    public int ExtProcPort { get; set; } = 50_051;

    /// <summary>
    /// The address the proxy, the scan API, ICAP and ext_proc listen on. Default any, IPv4 and IPv6: a container is reached through its
    /// outer address.
    /// </summary>
    [Setting(AddressTakes)]
    public string Address { get; set; } = "any";

    /// <summary>
    /// The address management listens on: any, where an orchestrator probes it or a collector reads it from outside. Default localhost:
    /// what it says of the inside is not for everybody.
    /// </summary>
    [Setting(AddressTakes, Variable = "MANAGEMENT_ADDRESS")]
    public string ManagementAddress { get; set; } = "localhost";

    public IEnumerable<SettingProblem> Problems()
    {
        if (ManagementPort == Port && Port != 0)
        {
            yield return new(nameof(ManagementPort), $"{ManagementPort}", $"a port other than the proxy's own ({Port})");
        }

        if (ApiPort != 0 && (ApiPort == Port || ApiPort == ManagementPort))
        {
            yield return new(nameof(ApiPort), $"{ApiPort}", $"a port other than PORT ({Port}) and MANAGEMENT_PORT ({ManagementPort})");
        }

        if (IcapPort != 0 && (IcapPort == Port || IcapPort == ManagementPort || IcapPort == ApiPort))
        {
            yield return new(nameof(IcapPort), $"{IcapPort}", "a port that no other door has");
        }

        if (ExtProcPort != 0
            && (ExtProcPort == Port || ExtProcPort == ManagementPort || ExtProcPort == ApiPort || ExtProcPort == IcapPort))
        {
            yield return new(nameof(ExtProcPort), $"{ExtProcPort}", "a port that no other door has");
        }

        if (!IsAddress(Address))
        {
            yield return new(nameof(Address), Address, AddressTakes);
        }

        if (!IsAddress(ManagementAddress))
        {
            yield return new(nameof(ManagementAddress), ManagementAddress, AddressTakes);
        }
    }

    /// <summary>The address to bind, or null for any.</summary>
    internal static IPAddress? Parse(string address) => address.ToUpperInvariant() switch
    {
        "ANY" => null,
        "LOCALHOST" => IPAddress.Loopback,
        _ => IPAddress.Parse(address),
    };

    private static bool IsAddress(string address) =>
        address.Equals("any", StringComparison.OrdinalIgnoreCase)
        || address.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(address, out _);
}
