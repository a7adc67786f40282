using System.Text;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 4: pages of an index with every media type that clients take for JSON and a list of types does not name.</summary>
internal sealed class MediaTypeCase() : HostileCase(
    "4-types",
    "an index calls its JSON pages octet-stream, text/json, JavaScript, YAML or nothing at all",
    "no page goes out with a link to the host of the files")
{
    private const string Host = "files.hostile.test";

    private static readonly string?[] Types =
    [
        "application/octet-stream", "binary/octet-stream", "text/json", "application/x-json", "application/javascript", "text/javascript",
        "application/x-javascript",
        "text/yaml", "application/yaml", "application/x-yaml", "text/markdown", "image/png", "application/zip", null,
    ];

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        for (var at = 0; at < Types.Length; at++)
        {
            var type = Types[at];
            origin.On($"/page{at}", async context =>
            {
                context.Response.ContentType = type;
                await context.Response.Body.WriteAsync(
                    Encoding.UTF8.GetBytes($$"""{"dist": {"tarball": "https://{{Host}}/a/-/a-1.0.0.tgz"} }"""), context.RequestAborted);
            });
        }

        var proxy = await run.ProxyAsync(
            [
                .. Route.Of("npm", origin.Url, more: Route.Rewrite($"https://{Host}/", "/npm-files/")),
                .. Route.Of("npm-files", origin.Url, cacheScan: true)]);
        List<string> leading = [];
        for (var at = 0; at < Types.Length; at++)
        {
            using var answer = await proxy.Client.GetAsync($"/npm/page{at}", run.Ending);
            if (answer.IsSuccessStatusCode
                && (await answer.Content.ReadAsStringAsync(run.Ending)).Contains(Host, StringComparison.OrdinalIgnoreCase))
            {
                leading.Add(Types[at] ?? "none");
            }
        }

        run.Saw($"{Types.Length - leading.Count} of {Types.Length} types are rewritten or refused");
        run.Must(leading.Count == 0, $"clients are led past the scanner by {string.Join(", ", leading)}");
    }
}
