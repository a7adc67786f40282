using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>cargo with a locked lock file, whose packages are crates.io's: the source is replaced.</summary>
public sealed class CargoTests(ClientClamd clamd) : PackageClientConformance(clamd)
{
    private CargoRegistry? _registry;

    protected override string Preset => "cargo";

    protected override string TaintedFile => "tainted";

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        _registry = new CargoRegistry(hosts);
        return Task.CompletedTask;
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await machine.WriteAsync(".cargo/config.toml", $"""
            [source.crates-io]
            replace-with = "clamproxy"
            [source.clamproxy]
            registry = "sparse+{registry.Url}/"
            [net]
            retry = 0
            """);
        await machine.WriteAsync("Cargo.toml", $"""
            [package]
            name = "app"
            version = "0.1.0"
            edition = "2018"
            [dependencies]
            {package.Name} = "{RegistryPackage.Version}"
            """);
        await machine.WriteAsync(
            "src/main.rs", package.Needs.Length > 0 ? $"fn main() {{ println!(\"{{}}\", {package.Name}::WORDS); }}\n" : "fn main() {}\n");
        await machine.WriteAsync("Cargo.lock", LockOf(package));
        return await CargoAsync(machine, "build", "--locked");
    }

    protected override Task<ClientRun> UseAsync(ClientMachine machine) => CargoAsync(machine, "run", "--locked", "--offline");

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        Directory.Exists(CargoHome(machine))
        && Directory.EnumerateFileSystemEntries(
            CargoHome(machine), $"{package.Name}-{RegistryPackage.Version}*", SearchOption.AllDirectories).Any();

    private static string CargoHome(ClientMachine machine) => Path.Combine(machine.Home, ".cargo");

    private static Task<ClientRun> CargoAsync(ClientMachine machine, params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["CARGO_HOME"] = CargoHome(machine) };
        // Where cargo is rustup's, it finds its toolchains by the user's home.
        var toolchains = Environment.GetEnvironmentVariable("RUSTUP_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup");
        if (Directory.Exists(toolchains))
        {
            environment["RUSTUP_HOME"] = toolchains;
        }

        return machine.RunAsync("cargo", arguments, environment);
    }

    private string LockOf(RegistryPackage package)
    {
        var app = $"version = 3\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"{package.Name}\",\n]\n";
        return app + string.Concat(package.Needs.Prepend(package.Name).Select(name =>
            $"\n[[package]]\nname = \"{name}\"\nversion = \"{RegistryPackage.Version}\"\nsource = "
                + "\"registry+https://github.com/rust-lang/crates.io-index\"\n"
            + $"checksum = \"{_registry![name].Sha256}\"\n"
            + (
                name == package.Name && package.Needs.Length > 0
                    ? $"dependencies = [\n{string.Concat(package.Needs.Select(need => $" \"{need}\",\n"))}]\n"
                    : "")));
    }
}
