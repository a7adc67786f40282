using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 4: every way to write a link that a reader understands, in bodies and in header fields.</summary>
internal sealed class LinkFormCase() : HostileCase(
    "4-forms",
    "an index writes its links with a port, in capitals, without a scheme, escaped for JSON or URLs, behind a base element, or in header "
        + "fields",
    "no answer goes out with a link to the host of the files")
{
    private const string Host = "files.hostile.test";

    private static readonly (string Name, string Type, string Body)[] Pages =
    [
        ("port", "text/html", $"<a href=\"https://{Host}:443/a.whl\">a</a>"),
        ("capitals", "text/html", $"<a href=\"HTTPS://{Host.ToUpperInvariant()}/a.whl\">a</a>"),
        ("no scheme", "text/html", $"<a href=\"//{Host}/a.whl\">a</a>"),
        ("JSON slashes", "application/json", $$"""{"url":"https:\/\/{{Host}}\/a.whl"}"""),
        ("JSON escapes", "application/json", $$"""{"url":"https:\u002f\u002f{{Host}}\u002Fa.whl"}"""),
        ("percent", "text/html", $"<a href=\"https://%66{Host[1..]}/a.whl\">a</a>"),
        ("base", "text/html", $"<base href=\"https://{Host}/\"><a href=\"a.whl\">a</a>"),
        ("entities", "text/html", $"<a href=\"https&#58;//{Host}/a.whl\">a</a>"),
    ];

    private static readonly string[] Fields = ["Link", "Location", "Content-Location", "Refresh"];

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        for (var at = 0; at < Pages.Length; at++)
        {
            var page = Pages[at];
            origin.On($"/page/{at}", context =>
            {
                context.Response.ContentType = page.Type;
                return context.Response.WriteAsync(page.Body, context.RequestAborted);
            });
        }

        origin.Otherwise = context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.StatusCode = context.Request.Path.Value == "/field/Location"
                ? StatusCodes.Status201Created
                : StatusCodes.Status200OK;
            context.Response.Headers[Path.GetFileName(context.Request.Path.Value!)] = ValueOf(context.Request.Path.Value!);
            return context.Response.WriteAsync("<p>no links here</p>", context.RequestAborted);
        };
        var proxy = await run.ProxyAsync(
            [
                .. Route.Of("index", origin.Url, more: Route.Rewrite($"https://{Host}/", "/files/")),
                .. Route.Of("files", origin.Url, cacheScan: true)]);
        List<string> leading = [];
        foreach (
            var (name, path) in Pages.Select((page, at) => (page.Name, $"/index/page/{at}")).Concat(
                Fields.Select(field => (field, $"/index/field/{field}"))))
        {
            using var answer = await proxy.Client.GetAsync(path, run.Ending);
            var text = $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync(run.Ending)}";
            // A refusal may name the host.
            if (answer.IsSuccessStatusCode && Uri.UnescapeDataString(text).Contains(Host, StringComparison.OrdinalIgnoreCase))
            {
                leading.Add(name);
            }
        }

        run.Saw($"{Pages.Length + Fields.Length - leading.Count} of {Pages.Length + Fields.Length} forms are rewritten or refused");
        run.Must(leading.Count == 0, $"clients are led past the scanner by: {string.Join(", ", leading)}");
    }

    private static string ValueOf(string path) => path switch
    {
        "/field/Link" => $"<https://{Host}/a.whl>; rel=\"next\"",
        "/field/Refresh" => $"0; url=https://{Host}/a.whl",
        _ => $"https://{Host}/a.whl",
    };
}
