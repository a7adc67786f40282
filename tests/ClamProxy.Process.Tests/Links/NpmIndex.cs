using ClamProxy.Process.Tests.Clients;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Links;

/// <summary>A registry of npm's on two hosts that the preset knows, and one ClamProxy in front of it for all that ask it.</summary>
public sealed class NpmIndex(ClientClamd clamd) : IAsyncLifetime
{
    internal RegistryHosts Hosts { get; private set; } = null!;

    internal LeadingIndex Proxy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Hosts = await RegistryHosts.StartAsync();
        Proxy = await LeadingIndex.StartAsync(
            clamd, Hosts, ("PRESETS", "npm"), ("NPM_UPSTREAM", Hosts.Index.Url), ("NPM_FILES_UPSTREAM", Hosts.Files.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Hosts.DisposeAsync();
    }

    /// <summary>Publishes all packages as they are at first, whatever a test made of them.</summary>
    internal void Publish() => _ = new NpmRegistry(Hosts);
}
