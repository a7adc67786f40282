using System.Text.Json;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>npm ci: a lock file with the packages' hashes, which asks the index where they are.</summary>
public sealed class NpmTests(ClientClamd clamd) : NodeClient(clamd)
{
    private bool _locksNpmsOwnRegistry;

    protected override bool ProvesFreshness => true;

    [Fact]
    public async Task LockFileMadeWithNpmsOwnRegistry_IsInstalledThroughTheProxyAlone()
    {
        _locksNpmsOwnRegistry = true;
        await using var hosts = await RegistryHosts.StartAsync();
        Publish(hosts, isAlsoAtIndex: true);
        await using var proxy = await ClientProxy.StartAsync(Clamd, hosts, Preset, hasFilesHost: false);
        using var machine = new ClientMachine();

        await InstallAndUseAsync(machine, proxy);

        Assert.Contains(hosts.Index.Requests, request => request.Target.EndsWith("greeter-1.0.0.tgz", StringComparison.Ordinal));
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await WriteProjectAsync(machine, registry, package);
        await machine.WriteAsync("package-lock.json", LockOf(package));
        return await machine.RunAsync("npm", "ci", "--no-fund", "--no-update-notifier");
    }

    private string LockOf(RegistryPackage package)
    {
        var packages = new Dictionary<string, object>
        {
            [""] = new Dictionary<string, object>
            {
                ["name"] = "app",
                ["version"] = "1.0.0",
                ["dependencies"] = new Dictionary<string, string> { [package.Name] = RegistryPackage.Version },
            },
        };
        foreach (var name in package.Needs.Prepend(package.Name))
        {
            var entry = new Dictionary<string, object>
            {
                ["version"] = RegistryPackage.Version,
                ["integrity"] = Registry[name].Integrity,
                ["dependencies"] = name == package.Name ? Needs(package) : [],
            };
            if (_locksNpmsOwnRegistry)
            {
                entry["resolved"] = $"https://npm.example.org/{NpmRegistry.NameOf(name)}/-/{Registry[name].Name}";
            }

            packages[$"node_modules/{NpmRegistry.NameOf(name)}"] = entry;
        }

        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = "app",
            ["version"] = "1.0.0",
            ["lockfileVersion"] = 3,
            ["requires"] = true,
            ["packages"] = packages,
        });
    }
}
