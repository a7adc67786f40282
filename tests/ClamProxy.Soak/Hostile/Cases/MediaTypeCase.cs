using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 4: pages of an index with every media type that clients take for JSON and a list of types does not name.</summary>
internal sealed class MediaTypeCase() : HostileCase(
    "4-types", "an index calls its JSON pages octet-stream, text/json, JavaScript, YAML or nothing at all", "no page goes out with a link to the host of the files")
{
    private static readonly string?[] Types =
    [
        "application/octet-stream", "binary/octet-stream", "text/json", "application/x-json", "application/javascript", "text/javascript", "application/x-javascript",
        "text/yaml", "application/yaml", "application/x-yaml", "text/markdown", "image/png", "application/zip", null,
    ];

    public override async Task RunAsync(CaseRun run)
    {
        List<string> leading = [];
        foreach (var type in Types)
        {
            await using var registry = await SplitRegistry.StartAsync(type);
            await using var proxy = await run.ProxyAsync(
                [.. Route.Of("npm", registry.Index.Url, more: Route.Rewrite($"{registry.Files.Url}/", "/npm-files/")), .. Route.Of("npm-files", registry.Files.Url, cacheScan: true)]);
            using var answer = await proxy.Client.GetAsync($"/npm/{RegistryPackage.Tainted.Name}", run.Ending);
            var page = await answer.Content.ReadAsStringAsync(run.Ending);
            if (page.Contains(registry.Files.Url, StringComparison.OrdinalIgnoreCase))
            {
                leading.Add(type ?? "none");
            }
        }

        run.Saw($"{Types.Length - leading.Count} of {Types.Length} types are rewritten or refused");
        run.Must(leading.Count == 0, $"clients are led past the scanner by {string.Join(", ", leading)}");
    }
}
