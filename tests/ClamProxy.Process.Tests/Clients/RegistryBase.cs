using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>Where a client is told that its registry is.</summary>
/// <param name="Url">Without a trailing slash.</param>
public sealed record RegistryBase(string Url)
{
    public static RegistryBase Direct(RegistryHosts hosts) => new(hosts.Index.Url);

    /// <summary>Host and port.</summary>
    public string Authority => Url.Split('/')[2];
}
