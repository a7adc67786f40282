using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>pip, with hashes required of everything.</summary>
public sealed class PipTests(ClientClamd clamd) : PackageClientConformance(clamd)
{
    private PythonRegistry? _registry;

    protected override string Preset => "pypi";

    protected override bool ProvesFreshness => true;

    protected override bool AsksEachTime => true;

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        _registry = new PythonRegistry(hosts);
        return Task.CompletedTask;
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await machine.WriteAsync("requirements.txt", string.Concat(package.Needs.Prepend(package.Name).Select(name =>
            $"{name}=={RegistryPackage.Version} --hash=sha256:{_registry![name].Sha256}\n")));
        return await machine.RunAsync(
            "python3",
            "-m", "pip", "install", "--isolated", "--disable-pip-version-check", "--no-input", "--root-user-action", "ignore",
            "--index-url", $"{registry.Url}/simple/",
            "--require-hashes", "-r", "requirements.txt", "--target", "site");
    }

    protected override Task<ClientRun> UseAsync(ClientMachine machine) =>
        machine.RunAsync(
            "python3",
            ["-c", "import greeter; print(greeter.WORDS)"],
            new Dictionary<string, string> { ["PYTHONPATH"] = machine.File("site") });

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        File.Exists(machine.File($"site/{package.Name}.py"));
}
