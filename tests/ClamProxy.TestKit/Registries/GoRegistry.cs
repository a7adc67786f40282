using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.TestKit.Registries;

/// <summary>A Go module proxy (one host: its protocol names no other).</summary>
public sealed class GoRegistry
{
    public const string Version = $"v{RegistryPackage.Version}";

    private readonly Dictionary<string, string> _sums = [];

    public GoRegistry(RegistryHosts hosts)
    {
        foreach (var package in RegistryPackage.All)
        {
            Publish(hosts, package);
        }
    }

    /// <summary>Its two lines of go.sum.</summary>
    public string SumsOf(string name) => _sums[name];

    public static string ModuleOf(string name) => $"example.com/{name}";

    private void Publish(RegistryHosts hosts, RegistryPackage package)
    {
        var module = ModuleOf(package.Name);
        var needs = string.Concat(package.Needs.Select(need => $"require {ModuleOf(need)} {Version}\n"));
        var goMod = $"module {module}\n\ngo 1.17\n\n{needs}";
        var code = package.Needs.Length > 0
            ? $"package {package.Name}\n\nimport \"{ModuleOf(package.Needs[0])}\"\n\nconst Words = {package.Needs[0]}.Words\n"
            : $"package {package.Name}\n\nconst Words = \"{RegistryPackage.Words}\"\n";
        var files = package.Files($"{module}@{Version}/", ("go.mod", goMod), ($"{package.Name}.go", code));
        _sums[package.Name] = $"{module} {Version} {Hash(files)}\n{module} {Version}/go.mod "
            + $"{Hash([("go.mod", Encoding.UTF8.GetBytes(goMod))])}\n";

        var path = $"/{module}/@v/{Version}";
        RegistryHosts.Publish(
            hosts.Index, $"{path}.info", $"{{\"Version\":\"{Version}\",\"Time\":\"2026-01-01T00:00:00Z\"}}", "application/json");
        RegistryHosts.Publish(hosts.Index, $"{path}.mod", goMod, "text/plain");
        RegistryHosts.Publish(hosts.Index, $"{path}.zip", Archive.Zip(files), "application/zip");
        RegistryHosts.Publish(hosts.Index, $"/{module}/@v/list", $"{Version}\n", "text/plain");
    }

    // As golang.org/x/mod/sumdb/dirhash has it.
    private static string Hash((string Path, byte[] Content)[] files)
    {
        var lines = files.OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Content))}  {file.Path}\n");
        return $"h1:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))))}";
    }
}
