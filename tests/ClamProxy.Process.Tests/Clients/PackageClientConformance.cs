using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>What must hold for every package client, seen with the client itself.</summary>
[Collection<ClientTurns>]
public abstract class PackageClientConformance(ClientClamd clamd)
{
    /// <summary>One of PRESETS.</summary>
    protected abstract string Preset { get; }

    /// <summary>The index's links lead to another host, which the preset has to know.</summary>
    protected virtual bool HasFilesHost => true;

    /// <summary>Files come from another host than the index.</summary>
    protected virtual bool UsesFilesHost => HasFilesHost;

    /// <summary>Whether its test shows when the registry is asked for an index again: of one client for each way of asking.</summary>
    protected virtual bool ProvesFreshness => false;

    /// <summary>It asks with max-age=0: the registry is asked each time, whether its index is still the same.</summary>
    protected virtual bool AsksEachTime => false;

    /// <summary>Part of the name of the infected file, as the screen has to show it.</summary>
    protected virtual string TaintedFile => "tainted-1.0.0";

    /// <summary>What the screen shows of the reason.</summary>
    protected virtual string Reason => "Eicar-Test-Signature";

    protected ClientClamd Clamd { get; } = clamd;

    /// <summary>Fills the registry, for <see cref="InstallAsync"/> to lock what it installs.</summary>
    protected abstract Task PublishAsync(RegistryHosts hosts);

    /// <summary>A whole install of one package and what it needs, with lock file and hashes wherever the client knows them.</summary>
    protected abstract Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package);

    /// <summary>What the installed package says, by the words of its dependency.</summary>
    protected abstract Task<ClientRun> UseAsync(ClientMachine machine);

    /// <summary>Whether anything of a package is where it would be used from.</summary>
    protected abstract bool IsInstalled(ClientMachine machine, RegistryPackage package);

    [Fact]
    public async Task WithoutTheProxy_EvenTheInfectedPackageIsInstalled()
    {
        await using var hosts = await RegistryHosts.StartAsync();
        await PublishAsync(hosts);
        using var machine = new ClientMachine();

        var install = await InstallAsync(machine, RegistryBase.Direct(hosts), RegistryPackage.Tainted);

        Assert.True(install.ExitCode == 0, install.Screen);
        Assert.True(IsInstalled(machine, RegistryPackage.Tainted), install.Screen);
    }

    [Fact]
    public async Task CleanPackage_ComesThroughTheProxyAlone_AndFromTheStoreWhenUpstreamIsGone()
    {
        await using var hosts = await RegistryHosts.StartAsync();
        await PublishAsync(hosts);
        await using var proxy = await ClientProxy.StartAsync(Clamd, hosts, Preset, HasFilesHost);
        using var first = new ClientMachine();
        using var second = new ClientMachine();

        await InstallAndUseAsync(first, proxy);
        Assert.NotEmpty(hosts.Index.Requests);
        Assert.Equal(UsesFilesHost, hosts.Files.Requests.Count > 0);
        Assert.All(
            hosts.Requests,
            request => Assert.Contains("clamproxy-", request.Headers.GetValueOrDefault("Via") ?? "", StringComparison.Ordinal));

        if (ProvesFreshness)
        {
            await ProveFreshnessAsync(hosts, proxy, first);
        }

        await hosts.StopAsync();
        second.Lock = first.Lock;
        await InstallAndUseAsync(second, proxy);
    }

    private async Task ProveFreshnessAsync(RegistryHosts hosts, ClientProxy proxy, ClientMachine first)
    {
        hosts.Index.CacheControl = "max-age=3600";
        Assert.NotEmpty(await AskedByNewMachineAsync());

        var whileFresh = await AskedByNewMachineAsync();
        Assert.All(whileFresh, request => Assert.Contains("If-None-Match", request.Headers));
        Assert.Equal(AsksEachTime, whileFresh.Count > 0);

        async Task<List<FakeOriginRequest>> AskedByNewMachineAsync()
        {
            var before = hosts.Index.Requests.Count;
            using var machine = new ClientMachine { Lock = first.Lock };
            await InstallAndUseAsync(machine, proxy);
            return [.. hosts.Index.Requests.Skip(before)];
        }
    }

    [Fact]
    public async Task InfectedPackage_FailsAndSaysWhatWasFoundInWhat()
    {
        await using var hosts = await RegistryHosts.StartAsync();
        await PublishAsync(hosts);
        await using var proxy = await ClientProxy.StartAsync(Clamd, hosts, Preset, HasFilesHost);
        using var machine = new ClientMachine();

        var install = await InstallAsync(machine, proxy.Registry, RegistryPackage.Tainted);

        Assert.True(install.ExitCode != 0, install.Screen);
        Assert.Contains(Reason, install.Screen, StringComparison.Ordinal);
        Assert.Contains(TaintedFile, install.Screen, StringComparison.Ordinal);
        Assert.False(IsInstalled(machine, RegistryPackage.Tainted), install.Screen);
    }

    protected async Task InstallAndUseAsync(ClientMachine machine, ClientProxy proxy)
    {
        var install = await InstallAsync(machine, proxy.Registry, RegistryPackage.Greeter);
        Assert.True(install.ExitCode == 0, install.Screen + proxy.Log);
        var use = await UseAsync(machine);
        Assert.True(use.ExitCode == 0, use.Screen);
        Assert.Contains(RegistryPackage.Words, use.Screen, StringComparison.Ordinal);
    }
}
