using System.Text.Json;

namespace ClamProxy.TestKit.Registries;

/// <summary>npm's packuments, whose tarballs are at the files' host. One of the packages has a scope.</summary>
public sealed class NpmRegistry
{
    private readonly Dictionary<string, PublishedFile> _tarballs = [];

    /// <param name="hosts">Where it is served.</param>
    /// <param name="isAlsoAtIndex">The tarballs are at the index's host as well, as with npm's own registry: what lock files of such a
    /// registry ask for.</param>
    public NpmRegistry(RegistryHosts hosts, bool isAlsoAtIndex = false)
    {
        foreach (var package in RegistryPackage.All)
        {
            var path = Publish(hosts, package);
            if (isAlsoAtIndex)
            {
                RegistryHosts.Publish(hosts.Index, path, _tarballs[package.Name].Bytes);
            }
        }
    }

    public PublishedFile this[string name] => _tarballs[name];

    /// <summary>The name that npm knows a package by.</summary>
    public static string NameOf(string package) => package == RegistryPackage.Wording.Name ? $"@words/{package}" : package;

    private string Publish(RegistryHosts hosts, RegistryPackage package)
    {
        var name = NameOf(package.Name);
        var manifest = new Dictionary<string, object>
        {
            ["name"] = name,
            ["version"] = RegistryPackage.Version,
            ["dependencies"] = package.Needs.ToDictionary(NameOf, _ => RegistryPackage.Version),
        };
        var script = package.Needs.Length > 0
            ? $"module.exports = require('{NameOf(package.Needs[0])}');\n"
            : $"module.exports = '{RegistryPackage.Words}';\n";
        var file = new PublishedFile(
            $"{package.Name}-{RegistryPackage.Version}.tgz",
            Archive.TarGz(package.Files("package/", ("package.json", JsonSerializer.Serialize(manifest)), ("index.js", script))));
        _tarballs[package.Name] = file;
        var path = $"/{name}/-/{file.Name}";
        RegistryHosts.Publish(hosts.Files, path, file.Bytes);

        manifest["dist"] = new Dictionary<string, string>
        {
            ["tarball"] = hosts.Files.Url + path,
            ["shasum"] = file.Sha1,
            ["integrity"] = file.Integrity,
        };
        var packument = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = name,
            ["dist-tags"] = new Dictionary<string, string> { ["latest"] = RegistryPackage.Version },
            ["versions"] = new Dictionary<string, object> { [RegistryPackage.Version] = manifest },
        });
        // Clients escape a scope's slash, and not all in the same case.
        foreach (var slash in new[] { "/", "%2f", "%2F" })
        {
            RegistryHosts.Publish(hosts.Index, $"/{name.Replace("/", slash, StringComparison.Ordinal)}", packument, "application/json");
        }

        return path;
    }
}
