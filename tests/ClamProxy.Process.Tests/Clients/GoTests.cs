using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>go with go.sum. Behind ClamProxy stands <c>direct</c>, which must not be reached: a refusal is no 404.</summary>
public sealed class GoTests(ClientClamd clamd) : PackageClientConformance(clamd)
{
    private GoRegistry? _registry;

    protected override string Preset => "go";

    protected override bool HasFilesHost => false;

    protected override string TaintedFile => "example.com/tainted/@v/v1.0.0.zip";

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        _registry = new GoRegistry(hosts);
        return Task.CompletedTask;
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        var names = package.Needs.Prepend(package.Name).ToArray();
        await machine.WriteAsync(
            "go.mod",
            "module app\n\ngo 1.17\n\nrequire "
                + $"(\n{string.Concat(names.Select(name => $"\t{GoRegistry.ModuleOf(name)} {GoRegistry.Version}\n"))})\n");
        await machine.WriteAsync("go.sum", string.Concat(names.Select(_registry!.SumsOf)));
        await machine.WriteAsync(
            "main.go",
            $"package main\n\nimport \"{GoRegistry.ModuleOf(package.Name)}\"\n\nfunc main() {{ println({package.Name}.Words) }}\n");
        return await GoAsync(machine, $"{registry.Url},direct", "build", "-o", "app", ".");
    }

    protected override Task<ClientRun> UseAsync(ClientMachine machine) => machine.RunAsync(machine.File("app"));

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        Directory.Exists(Path.Combine(machine.Home, $"go/pkg/mod/example.com/{package.Name}@{GoRegistry.Version}"))
            || File.Exists(machine.File("app"));

    private static Task<ClientRun> GoAsync(ClientMachine machine, string proxies, params string[] arguments) => machine.RunAsync(
        "go",
        arguments,
        new Dictionary<string, string>
        {
            ["GOPROXY"] = proxies,
            ["GOSUMDB"] = "off",
            // The module cache is read-only else, and could not be removed.
            ["GOFLAGS"] = "-mod=readonly -modcacherw",
            ["GOENV"] = "off",
            ["GOTOOLCHAIN"] = "local",
            ["GOVCS"] = "*:off",
            ["CGO_ENABLED"] = "0",
        });
}
