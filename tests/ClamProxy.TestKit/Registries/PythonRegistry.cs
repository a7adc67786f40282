using System.Text;
using System.Text.Json;

namespace ClamProxy.TestKit.Registries;

/// <summary>PEP 503 and PEP 691 pages whose links lead to the files' host, with metadata beside the wheels (PEP 658, 714).</summary>
public sealed class PythonRegistry
{
    private const string JsonType = "application/vnd.pypi.simple.v1+json";

    private readonly Dictionary<string, PublishedFile> _wheels = [];

    public PythonRegistry(RegistryHosts hosts)
    {
        foreach (var package in RegistryPackage.All)
        {
            Publish(hosts, package);
        }
    }

    public PublishedFile this[string name] => _wheels[name];

    private void Publish(RegistryHosts hosts, RegistryPackage package)
    {
        var module = package.Needs.Length > 0 ? $"from {package.Needs[0]} import WORDS\n" : $"WORDS = \"{RegistryPackage.Words}\"\n";
        var wheel = new Wheel(package.Name, RegistryPackage.Version, package.Data, package.Needs, module);
        var file = new PublishedFile(wheel.FileName, wheel.Bytes);
        var metadata = new PublishedFile($"{wheel.FileName}.metadata", wheel.Metadata);
        _wheels[package.Name] = file;
        var path = $"/packages/{file.Sha256[..2]}/{file.Sha256[2..]}/{file.Name}";
        RegistryHosts.Publish(hosts.Files, path, file.Bytes);
        RegistryHosts.Publish(hosts.Files, $"{path}.metadata", metadata.Bytes);

        var html = Encoding.UTF8.GetBytes(
            $"<!DOCTYPE html><html><body><a href=\"{hosts.Files.Url}{path}#sha256={file.Sha256}\" "
                + $"data-core-metadata=\"sha256={metadata.Sha256}\">{file.Name}</a></body></html>");
        var json = Encoding.UTF8.GetBytes(Page(package.Name, hosts.Files.Url + path, file, metadata));
        hosts.Index.On($"/simple/{package.Name}/", context =>
        {
            context.Response.Headers.Vary = "Accept";
            var wantsJson = context.Request.Headers.Accept.ToString().Contains(JsonType, StringComparison.Ordinal);
            return wantsJson
                ? RegistryHosts.AnswerAsync(context, json, JsonType)
                : RegistryHosts.AnswerAsync(context, html, "text/html; charset=utf-8");
        });
    }

    private static string Page(string name, string url, PublishedFile file, PublishedFile metadata) =>
        JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["meta"] = new Dictionary<string, string> { ["api-version"] = "1.1" },
            ["name"] = name,
            ["versions"] = new[] { RegistryPackage.Version },
            ["files"] = new[]
        {
            new Dictionary<string, object>
            {
                ["filename"] = file.Name,
                ["url"] = url,
                ["hashes"] = new Dictionary<string, string> { ["sha256"] = file.Sha256 },
                ["size"] = file.Bytes.Length,
                ["core-metadata"] = new Dictionary<string, string> { ["sha256"] = metadata.Sha256 },
            },
        },
        });
}
