using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 17, with curl's cookie jar.</summary>
internal sealed class CookieCase() : HostileCase(
    "17-cookie",
    "curl, which sees one host, gets a session cookie from one route's upstream and asks another route",
    "the other upstream is not sent the cookie")
{
    public override async Task RunAsync(CaseRun run)
    {
        var (first, second) = (run.Made(await FakeOrigin.StartAsync()), run.Made(await FakeOrigin.StartAsync()));
        first.Otherwise = context =>
        {
            context.Response.Headers.SetCookie = "session=secret; Path=/";
            return FakeOrigin.SendAsync(context, RandomBody.Of(1000));
        };
        second.On("/file", RandomBody.Of(1000));
        var proxy = await run.ProxyAsync([.. Route.Of("a", first.Url), .. Route.Of("b", second.Url)]);
        var folder = run.Folder();
        foreach (var path in new[] { "a/login", "b/file" })
        {
            await ProgramRun.OfAsync(
                "curl",
                ["-q", "-fsS", "-b", folder.File("jar"), "-c", folder.File("jar"), "-o", "out", $"http://127.0.0.1:{proxy.Port}/{path}"],
                folder.Path,
                run.Ending);
        }

        var sent = second.Requests.Select(request => request.Headers.GetValueOrDefault("Cookie")).ToArray();
        run.Saw($"the other upstream was asked {sent.Length} times, with {sent.Count(cookie => cookie is not null)} cookies");
        run.Must(sent is [null], sent.Length == 0 ? "the other upstream was not asked" : $"the other upstream was sent {sent[0]}");
    }
}
