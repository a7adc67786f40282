using System.Collections.Frozen;
using System.Globalization;
using ClamProxy.Doors.Icap.Protocol;

namespace ClamProxy.Doors.Icap;

/// <summary>
/// The services of the door and the methods of each. All do the same; the names are those that clients have for other servers.
/// </summary>
internal static class IcapServices
{
    /// <summary>How long clients may go by an answer to OPTIONS.</summary>
    private const int OptionsSeconds = 600;

    private static readonly string[] Answers = [IcapHead.ResponseModification];
    private static readonly string[] Requests = [IcapHead.RequestModification];
    private static readonly string[] Both = [IcapHead.RequestModification, IcapHead.ResponseModification];

    private static readonly FrozenDictionary<string, string[]> Known = new Dictionary<string, string[]>
    {
        ["respmod"] = Answers,
        ["reqmod"] = Requests,
        ["resp"] = Answers,
        ["req"] = Requests,
        ["avscan"] = Both,
        ["virus_scan"] = Both,
        ["srv_clamav"] = Both,
        ["squidclamav"] = Both,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <returns>Null: there is no such service.</returns>
    public static IReadOnlyList<string>? MethodsOf(string service) => Known.GetValueOrDefault(service);

    /// <summary>The fields of an answer to OPTIONS (RFC 3507 §4.10.2).</summary>
    /// <param name="methods">The service's.</param>
    public static IEnumerable<KeyValuePair<string, string>> OptionsOf(
        IReadOnlyList<string> methods, IcapOptions options, DateTimeOffset now) =>
    [
        new("Methods", string.Join(", ", methods)),
        new("Service", "ClamProxy, scans by ClamAV"),
        new("Service-ID", "clamproxy"),
        new("Date", now.ToString("r", CultureInfo.InvariantCulture)),
        new("Options-TTL", OptionsSeconds.ToString(CultureInfo.InvariantCulture)),
        new("Max-Connections", options.MaxConnections.ToString(CultureInfo.InvariantCulture)),
        new("Allow", "204"),
        new("Preview", options.Preview.ToString(CultureInfo.InvariantCulture)),
        new("Transfer-Preview", "*"),
        new("X-Allow-Out", "X-Infection-Found"),
        new("X-Include", "X-Client-IP, X-Client-Username, X-Authenticated-User"),
    ];
}
