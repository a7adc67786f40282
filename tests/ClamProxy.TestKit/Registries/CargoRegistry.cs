using System.Text.Json;

namespace ClamProxy.TestKit.Registries;

/// <summary>A sparse index whose <c>dl</c> leads to the files' host.</summary>
public sealed class CargoRegistry
{
    private readonly Dictionary<string, PublishedFile> _crates = [];

    public CargoRegistry(RegistryHosts hosts)
    {
        RegistryHosts.Publish(hosts.Index, "/config.json", $"{{\"dl\":\"{hosts.Files.Url}/crates\"}}", "application/json");
        foreach (var package in RegistryPackage.All)
        {
            Publish(hosts, package);
        }
    }

    public PublishedFile this[string name] => _crates[name];

    private void Publish(RegistryHosts hosts, RegistryPackage package)
    {
        const string Version = RegistryPackage.Version;
        var needs = string.Concat(package.Needs.Select(need => $"{need} = \"{Version}\"\n"));
        var manifest = $"[package]\nname = \"{package.Name}\"\nversion = \"{Version}\"\nedition = \"2018\"\n[dependencies]\n{needs}";
        var code = package.Needs.Length > 0
            ? $"pub use {package.Needs[0]}::WORDS;\n"
            : $"pub const WORDS: &str = \"{RegistryPackage.Words}\";\n";
        var file = new PublishedFile(
            $"{package.Name}-{Version}.crate",
            Archive.TarGz(package.Files($"{package.Name}-{Version}/", ("Cargo.toml", manifest), ("src/lib.rs", code))));
        _crates[package.Name] = file;
        RegistryHosts.Publish(hosts.Files, $"/crates/{package.Name}/{Version}/download", file.Bytes);
        RegistryHosts.Publish(hosts.Index, $"/{package.Name[..2]}/{package.Name[2..4]}/{package.Name}", Line(package, file), "text/plain");
    }

    private static string Line(RegistryPackage package, PublishedFile file) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["name"] = package.Name,
        ["vers"] = RegistryPackage.Version,
        ["deps"] = package.Needs.Select(need => new Dictionary<string, object?>
        {
            ["name"] = need,
            ["req"] = $"^{RegistryPackage.Version}",
            ["features"] = Array.Empty<string>(),
            ["optional"] = false,
            ["default_features"] = true,
            ["target"] = null,
            ["kind"] = "normal",
        }),
        ["cksum"] = file.Sha256,
        ["features"] = new Dictionary<string, string>(),
        ["yanked"] = false,
    }) + "\n";
}
