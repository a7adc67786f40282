using System.Text.Json;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>What npm, yarn and pnpm have in common.</summary>
public abstract class NodeClient(ClientClamd clamd) : PackageClientConformance(clamd)
{
    protected override string Preset => "npm";

    protected NpmRegistry Registry { get; private set; } = null!;

    /// <summary>A script of a package that scripts/clients.sh installs, for node to run.</summary>
    /// <param name="path">The package's name, and the file in it.</param>
    internal static string Script(string path)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var tool = Path.Combine(cache, "clamproxy-tests/node/node_modules", path);
        return File.Exists(tool)
            ? tool
            : throw new FileNotFoundException($"{path} is not installed: run ./test.sh, which installs what the tests need.");
    }

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        Publish(hosts, isAlsoAtIndex: false);
        return Task.CompletedTask;
    }

    protected void Publish(RegistryHosts hosts, bool isAlsoAtIndex) => Registry = new NpmRegistry(hosts, isAlsoAtIndex);

    protected override Task<ClientRun> UseAsync(ClientMachine machine) => machine.RunAsync("node", "-e", "console.log(require('greeter'))");

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        Directory.Exists(machine.File($"node_modules/{NpmRegistry.NameOf(package.Name)}"));

    protected static Dictionary<string, string> Needs(RegistryPackage package) =>
        package.Needs.ToDictionary(NpmRegistry.NameOf, _ => RegistryPackage.Version);

    /// <summary>A project that needs one package.</summary>
    protected static Task WriteProjectAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package) => Task.WhenAll(
        machine.WriteAsync(".npmrc", $"registry={registry.Url}/\nfetch-retries=0\nreplace-registry-host=npm.example.org\n"),
        machine.WriteAsync("package.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = "app",
            ["version"] = "1.0.0",
            ["private"] = true,
            ["license"] = "MIT",
            ["dependencies"] = new Dictionary<string, string> { [package.Name] = RegistryPackage.Version },
        })));
}
