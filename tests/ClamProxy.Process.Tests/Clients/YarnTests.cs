using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>yarn 1 with a frozen lock file.</summary>
public sealed class YarnTests(ClientClamd clamd) : NodeClient(clamd)
{
    // All that it says of a tarball's answer is the code, in its own words.
    protected override string Reason => "409 Conflict";

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await WriteProjectAsync(machine, registry, package);
        await machine.WriteAsync(
            "yarn.lock",
            "# yarn lockfile v1\n\n\n" + string.Concat(package.Needs.Prepend(package.Name).Select(name => Entry(package, name))));
        return await machine.RunAsync(
            "node",
            Script("yarn/bin/yarn.js"),
            "install",
            "--frozen-lockfile",
            "--non-interactive",
            "--no-progress",
            "--registry",
            $"{registry.Url}/",
            "--cache-folder", Path.Combine(machine.Home, "cache"));
    }

    private string Entry(RegistryPackage package, string name)
    {
        var needs = name == package.Name
            ? string.Concat(package.Needs.Select(need => $"    \"{NpmRegistry.NameOf(need)}\" \"{RegistryPackage.Version}\"\n"))
            : "";
        return $"\"{NpmRegistry.NameOf(name)}@{RegistryPackage.Version}\":\n  version \"{RegistryPackage.Version}\"\n  integrity "
            + $"{Registry[name].Integrity}\n"
            + (needs.Length > 0 ? $"  dependencies:\n{needs}\n" : "\n");
    }
}
