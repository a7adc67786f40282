using System.Net.NetworkInformation;
using ClamProxy.Core.Download;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary>
/// The names by which the API is called where it needs no credentials. A page can lead its own name to this machine (DNS rebinding): then
/// a browser takes this API for the page's own site, and only the name in Host tells.
/// </summary>
internal sealed class ApiHosts(ApiOptions options)
{
    private const string Localhost = "localhost";

    private readonly HashSet<string> _names = [.. options.Hosts.Concat(OfThisMachine()).Append(Localhost).Select(HostName.Normalise)];

    /// <summary>Why a request by this name is refused; null: it is not. No browser leaves the name out.</summary>
    public Problem? Refusal(HostString host) => host.Host is not { Length: > 0 } name || IsKnown(name)
        ? null
        : new Problem(
            StatusCodes.Status403Forbidden, "unknown-host", "Unknown host",
            $"This API is not known as {SafeText.Cut(name, 100)}, and needs no credentials: a page elsewhere could have led that name "
            + "here. Call it by its address, list the name in API_HOSTS, or set API_CREDENTIALS.");

    private bool IsKnown(string name) => HostName.TryLiteral(name, out _) || HostName.Normalise(name) is var plain
        && (_names.Contains(plain) || plain.EndsWith($".{Localhost}", StringComparison.Ordinal));

    private static IEnumerable<string> OfThisMachine()
    {
        var (name, domain) = (Environment.MachineName, IPGlobalProperties.GetIPGlobalProperties().DomainName);
        return string.IsNullOrEmpty(domain) ? [name] : [name, $"{name}.{domain}"];
    }
}
