using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 4: the README's former recipe, a route without Rewrite, and a preset whose index links to a third host.</summary>
/// <param name="isPreset">The preset pypi; else a route of one's own, which tells and lets pass.</param>
internal sealed class ForeignLinkCase(bool isPreset) : HostileCase(
    isPreset ? "4-preset" : "4-no-rewrite",
    isPreset
        ? "the index behind the preset pypi links to an infected wheel at a third host: pip download"
        : "the index behind a route without Rewrite links to an infected wheel at a second host: pip download",
    isPreset ? "the page is refused, and pip gets nothing" : "log or /readyz name the host that clients are led to")
{
    public override async Task RunAsync(CaseRun run)
    {
        var wheel = new VariantWheel("hostile", 10_000);
        var infected = wheel.Infected(100);
        var (index, files) = (run.Made(await FakeOrigin.StartAsync()), run.Made(await FakeOrigin.StartAsync()));
        files.On(wheel.Path, infected);
        index.On(wheel.Page, context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(
                context,
                System.Text.Encoding.UTF8.GetBytes(
                    $"<!DOCTYPE html><html><body><a href=\"{files.Url}{wheel.Path}\">{wheel.FileName}</a></body></html>"));
        });
        var proxy = await run.ProxyAsync(isPreset
            ? [("PRESETS", "pypi"), ("PYPI_UPSTREAM", $"{index.Url}/"), ("PYPI_FILES_UPSTREAM", "http://127.0.0.1:9/")]
            : Route.Of("pypi", index.Url));

        var download = await DownloadClients.Pip.DownloadAsync(
            new DownloadJob($"http://127.0.0.1:{proxy.Port}/pypi", wheel, run.Folder()), run.Ending);

        var past = files.Requests.Count(request => !request.Headers.ContainsKey("Via"));
        run.Saw($"pip {(download.IsComplete ? "says complete" : "failed")}, {past} requests past the proxy");
        if (isPreset)
        {
            run.Must(
                past == 0 && !download.HasEicar,
                $"pip asked the third host {past} times past the proxy{(download.HasEicar ? " and has the infected wheel" : "")}");
            return;
        }

        using var ready = await proxy.Management.GetAsync(new Uri("/readyz", UriKind.Relative), run.Ending);
        string[] told = [.. proxy.Log.Split('\n'), await ready.Content.ReadAsStringAsync(run.Ending)];
        run.Must(
            Array.Exists(told, IsWarning),
            "neither log nor /readyz say that pages of this route lead to a host that nothing rewrites");
    }

    private static bool IsWarning(string line) =>
        new[] { "pypi", "127.0.0.1", "link" }.All(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
}
