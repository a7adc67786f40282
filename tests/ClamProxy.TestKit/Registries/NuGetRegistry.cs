using System.Text.Json;

namespace ClamProxy.TestKit.Registries;

/// <summary>
/// A NuGet v3 source: the service index and registrations at one host, the flat container with the packages at the other.
/// </summary>
public sealed class NuGetRegistry
{
    private readonly Dictionary<string, PublishedFile> _packages = [];

    public NuGetRegistry(RegistryHosts hosts)
    {
        var index = new Dictionary<string, object>
        {
            ["version"] = "3.0.0",
            ["resources"] = new[]
            {
                Resource($"{hosts.Files.Url}/v3-flatcontainer/", "PackageBaseAddress/3.0.0"),
                Resource($"{hosts.Index.Url}/v3/registration/", "RegistrationsBaseUrl/3.6.0"),
            },
        };
        RegistryHosts.Publish(hosts.Index, "/v3/index.json", JsonSerializer.Serialize(index), "application/json");
        foreach (var package in RegistryPackage.All)
        {
            Publish(hosts, package);
        }
    }

    public PublishedFile this[string name] => _packages[name];

    private void Publish(RegistryHosts hosts, RegistryPackage package)
    {
        const string Version = RegistryPackage.Version;
        var needs = string.Concat(package.Needs.Select(need => $"<dependency id=\"{need}\" version=\"{Version}\" />"));
        var nuspec =
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{package.Name}</id><version>{Version}</version><authors>test</authors><description>test</description>
                <dependencies><group targetFramework=".NETStandard2.0">{needs}</group></dependencies>
              </metadata>
            </package>
            """;
        const string Types =
            """
            <?xml version="1.0" encoding="utf-8"?>
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="nuspec" ContentType="application/octet" /></Types>
            """;
        var file = new PublishedFile($"{package.Name}.{Version}.nupkg", Archive.Zip(package.Files(
            "", ("[Content_Types].xml", Types), ($"{package.Name}.nuspec", nuspec), ("lib/netstandard2.0/_._", ""),
            ("words.txt", RegistryPackage.Words))));
        _packages[package.Name] = file;
        RegistryHosts.Publish(
            hosts.Files, $"/v3-flatcontainer/{package.Name}/index.json", $"{{\"versions\":[\"{Version}\"]}}", "application/json");
        RegistryHosts.Publish(hosts.Files, $"/v3-flatcontainer/{package.Name}/{Version}/{file.Name}", file.Bytes);
    }

    private static Dictionary<string, string> Resource(string id, string type) => new() { ["@id"] = id, ["@type"] = type };
}
