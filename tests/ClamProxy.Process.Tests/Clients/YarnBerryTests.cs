using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>yarn 4: the first machine writes the lock file, the next one is bound to it.</summary>
public sealed class YarnBerryTests(ClientClamd clamd) : NodeClient(clamd)
{
    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await WriteProjectAsync(machine, registry, package);
        // The registry tells no dates, which yarn would take for too young.
        await machine.WriteAsync(".yarnrc.yml", $"""
            npmRegistryServer: "{registry.Url}"
            unsafeHttpWhitelist: ["127.0.0.1"]
            nodeLinker: node-modules
            enableTelemetry: false
            httpRetry: 0
            npmMinimalAgeGate: 0
            """);
        await machine.WriteAsync("yarn.lock", machine.Lock ?? "");
        var run = await machine.RunAsync(
            "node", Script("@yarnpkg/cli-dist/bin/yarn.js"), "install", machine.Lock is null
                ? "--no-immutable"
                : "--immutable", "--check-cache");
        machine.Lock = await File.ReadAllTextAsync(machine.File("yarn.lock"));
        return run;
    }
}
