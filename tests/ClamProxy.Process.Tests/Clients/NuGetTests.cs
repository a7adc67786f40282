using System.Text.Json;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>dotnet restore in locked mode.</summary>
public sealed class NuGetTests(ClientClamd clamd) : PackageClientConformance(clamd)
{
    private NuGetRegistry? _registry;

    protected override string Preset => "nuget";

    protected override bool ProvesFreshness => true;

    protected override string TaintedFile => "tainted.1.0.0.nupkg";

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        _registry = new NuGetRegistry(hosts);
        return Task.CompletedTask;
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await machine.WriteAsync("NuGet.Config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="clamproxy" value="{registry.Url}/v3/index.json" protocolVersion="3" allowInsecureConnections="true" />
              </packageSources>
            </configuration>
            """);
        await machine.WriteAsync("app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <ItemGroup><PackageReference Include="{package.Name}" Version="{RegistryPackage.Version}" /></ItemGroup>
            </Project>
            """);
        await machine.WriteAsync("packages.lock.json", LockOf(package));
        return await machine.RunAsync(
            "dotnet", ["restore", "--locked-mode", "--disable-parallel", "-nodeReuse:false"], EnvironmentOf(machine));
    }

    protected override async Task<ClientRun> UseAsync(ClientMachine machine) =>
        new(0, await File.ReadAllTextAsync(Path.Combine(Packages(machine), $"wording/{RegistryPackage.Version}/words.txt")));

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        File.Exists(Path.Combine(Packages(machine), $"{package.Name}/{RegistryPackage.Version}/words.txt"));

    private static string Packages(ClientMachine machine) => Path.Combine(machine.Home, "packages");

    // Its build servers would outlive the test, its caches would be the user's.
    private static Dictionary<string, string> EnvironmentOf(ClientMachine machine) => new()
    {
        ["NUGET_PACKAGES"] = Packages(machine),
        ["NUGET_HTTP_CACHE_PATH"] = Path.Combine(machine.Home, "http"),
        ["NUGET_SCRATCH"] = Path.Combine(machine.Home, "scratch"),
        ["DOTNET_CLI_HOME"] = machine.Home,
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };

    private string LockOf(RegistryPackage package)
    {
        var entries = package.Needs.Prepend(package.Name).ToDictionary(name => name, name => Entry(package, name));
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["version"] = 1,
            ["dependencies"] = new Dictionary<string, object> { ["net10.0"] = entries },
        });
    }

    private Dictionary<string, object> Entry(RegistryPackage package, string name)
    {
        var entry = new Dictionary<string, object>
        {
            ["type"] = name == package.Name ? "Direct" : "Transitive",
            ["resolved"] = RegistryPackage.Version,
            ["contentHash"] = _registry![name].Sha512,
        };
        if (name == package.Name)
        {
            entry["requested"] = $"[{RegistryPackage.Version}, )";
            if (package.Needs.Length > 0)
            {
                entry["dependencies"] = package.Needs.ToDictionary(need => need, _ => RegistryPackage.Version);
            }
        }

        return entry;
    }
}
