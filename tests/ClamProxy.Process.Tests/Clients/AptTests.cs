using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>apt-get update and install of a signed archive, with all directories its own.</summary>
public sealed class AptTests(ClientClamd clamd) : PackageClientConformance(clamd)
{
    private byte[]? _key;

    protected override string Preset => "debian";

    protected override bool ProvesFreshness => true;

    protected override bool AsksEachTime => true;

    protected override bool HasFilesHost => false;

    protected override string TaintedFile => "tainted_1.0.0_all.deb";

    protected override async Task PublishAsync(RegistryHosts hosts)
    {
        using var workshop = new ClientMachine();
        _key = await DebianRegistry.PublishAsync(hosts, workshop.Project);
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        foreach (
            var folder in new[] { "root/var/lib/dpkg/updates", "root/var/lib/dpkg/info", "lists/partial", "cache/archives/partial", "log" })
        {
            Directory.CreateDirectory(machine.File(folder));
        }

        await machine.WriteAsync("root/var/lib/dpkg/status", "");
        await machine.WriteAsync("sources.list", $"deb [signed-by={machine.File("key.gpg")}] {registry.Url}/ stable main\n");
        await File.WriteAllBytesAsync(machine.File("key.gpg"), _key!);
        await machine.WriteAsync("apt.conf", $$"""
            Dir::Etc { Main "/dev/null"; Parts "/dev/null"; SourceList "{{machine.File("sources.list")}}"; SourceParts "/dev/null"; Preferences "/dev/null"; PreferencesParts "/dev/null"; }
            Dir::State "{{machine.File("root/var/lib/apt")}}";
            Dir::State::Lists "{{machine.File("lists")}}";
            Dir::State::Status "{{machine.File("root/var/lib/dpkg/status")}}";
            Dir::Cache "{{machine.File("cache")}}";
            Dir::Log "{{machine.File("log")}}";
            APT::Sandbox::User "";
            APT::Install-Recommends "false";
            Acquire::Retries "0";
            DPkg::Options { "--root={{machine.File("root")}}"; "--log={{machine.File("log/dpkg.log")}}"; "--force-not-root"; };
            """);
        Directory.CreateDirectory(machine.File("root/var/lib/apt"));
        // Read before all other files: it says that there are none.
        var environment = new Dictionary<string, string>
        {
            ["APT_CONFIG"] = machine.File("apt.conf"),
            ["DEBIAN_FRONTEND"] = "noninteractive",
        };
        var update = await machine.RunAsync("apt-get", ["-q", "update"], environment);
        if (update.ExitCode != 0)
        {
            return update;
        }

        var install = await machine.RunAsync("apt-get", ["-q", "install", "-y", package.Name], environment);
        return install with { Screen = update.Screen + install.Screen };
    }

    protected override async Task<ClientRun> UseAsync(ClientMachine machine) =>
        new(0, await File.ReadAllTextAsync(machine.File("root/usr/share/wording/words.txt")));

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        Directory.Exists(machine.File($"root/usr/share/{package.Name}"));
}
