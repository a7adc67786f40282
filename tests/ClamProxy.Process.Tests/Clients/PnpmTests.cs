using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>pnpm: the first machine writes the lock file, the next one is bound to it.</summary>
public sealed class PnpmTests(ClientClamd clamd) : NodeClient(clamd)
{
    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await WriteProjectAsync(machine, registry, package);
        if (machine.Lock is not null)
        {
            await machine.WriteAsync("pnpm-lock.yaml", machine.Lock);
        }

        var run = await machine.RunAsync(
            "node", Script("pnpm/bin/pnpm.cjs"), "install", machine.Lock is null ? "--no-frozen-lockfile" : "--frozen-lockfile",
            "--store-dir",
            Path.Combine(machine.Home, "store"),
            "--cache-dir",
            Path.Combine(machine.Home, "cache"),
            "--reporter",
            "append-only");
        if (File.Exists(machine.File("pnpm-lock.yaml")))
        {
            machine.Lock = await File.ReadAllTextAsync(machine.File("pnpm-lock.yaml"));
        }

        return run;
    }
}
