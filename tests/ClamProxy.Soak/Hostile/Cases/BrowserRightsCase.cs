using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 21.</summary>
internal sealed class BrowserRightsCase() : HostileCase(
    "21-browser",
    "a page of one upstream runs in a trusted client's browser, where all routes are one origin, and a page of another site asks with "
        + "Download-From",
    "gated answers are sandboxed, of no guessed type and for nobody else's pages; the other site's request is refused")
{
    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.Otherwise = context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(context, "<script>fetch('/b/secret')</script>"u8.ToArray());
        };
        var proxy = await run.ProxyAsync();
        using (var request = ClientFrom.Ask("/page", origin.Url))
        using (var answer = await proxy.Client.SendAsync(request, run.Ending))
        {
            Wants(run, answer, "Content-Security-Policy", "sandbox");
            Wants(run, answer, "X-Content-Type-Options", "nosniff");
            Wants(run, answer, "Cross-Origin-Resource-Policy", "same-");
        }

        using var foreign = ClientFrom.Ask(
            "/page",
            origin.Url,
            fields: [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"), ("Origin", "null")]);
        using var refused = await proxy.Client.SendAsync(foreign, run.Ending);
        run.Saw($"a request of another site's page is answered {(int)refused.StatusCode}");
        run.Must((int)refused.StatusCode is >= 400 and < 500, $"a request of another site's page is answered {(int)refused.StatusCode}");
    }

    private static void Wants(CaseRun run, HttpResponseMessage answer, string field, string word)
    {
        var value = answer.Headers.TryGetValues(field, out var values) ? string.Join(", ", values) : "";
        run.Must(value.Contains(word, StringComparison.OrdinalIgnoreCase), $"{field} is {(value.Length == 0 ? "missing" : value)}");
    }
}
