using System.Net.NetworkInformation;
using ClamProxy.Core.Download;

namespace ClamProxy.Access;

/// <summary>
/// The names by which this machine is called where it needs no credentials. A page can lead its own name to this machine (DNS rebinding):
/// then a browser takes what answers for the page's own site, and only the name in Host tells.
/// </summary>
/// <param name="listed">The names that the operator gives it, besides its own.</param>
internal sealed class OwnHosts(IEnumerable<string> listed)
{
    private const string Localhost = "localhost";

    private readonly HashSet<string> _names = [.. listed.Concat(OfThisMachine()).Append(Localhost).Select(HostName.Normalise)];

    /// <summary>Whether it is one of them, an address, or none: no browser leaves the name out.</summary>
    public bool Know(HostString host) => host.Host is not { Length: > 0 } name
        || HostName.TryLiteral(name, out _)
        || (HostName.Normalise(name) is var plain
            && (_names.Contains(plain) || plain.EndsWith($".{Localhost}", StringComparison.Ordinal)));

    private static IEnumerable<string> OfThisMachine()
    {
        var (name, domain) = (Environment.MachineName, IPGlobalProperties.GetIPGlobalProperties().DomainName);
        return string.IsNullOrEmpty(domain) ? [name] : [name, $"{name}.{domain}"];
    }
}
