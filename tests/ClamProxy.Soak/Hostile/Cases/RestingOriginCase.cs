using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 6: what one client's failure does to a stored index and to its upstream.</summary>
internal sealed class RestingOriginCase() : HostileCase(
    "6-index",
    "one client's User-Agent has upstream close the connection, another's has it answer 403",
    "others get their index fresh from upstream, and once upstream is down, from the store")
{
    public override async Task RunAsync(CaseRun run)
    {
        var origin = await FakeOrigin.StartAsync();
        var asked = 0;
        origin.Otherwise = async context =>
        {
            var agent = context.Request.Headers.UserAgent.ToString();
            if (agent == "closes")
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = agent == "forbidden" ? 403 : 200;
            context.Response.Headers.ETag = $"\"{Interlocked.Increment(ref asked)}\"";
            await FakeOrigin.SendAsync(context, RandomBody.Of(1000));
        };
        ProxyProcess proxy;
        await using (origin)
        {
            proxy = await run.ProxyAsync(
                [("STORE_PATH", run.Folder().File("store")), .. Route.Of("index", origin.Url, more: [("Revalidate", "True")])]);
            await AskAsync(run, proxy, "/index/a", null);
            for (var time = 0; time < 5; time++)
            {
                await AskAsync(run, proxy, "/index/a", "closes");
            }

            var before = Volatile.Read(ref asked);
            var (status, cache) = await AskAsync(run, proxy, "/index/a", null);
            run.Saw($"after connections that upstream closed: {status}, {cache}");
            run.Must(
                status == 200 && Volatile.Read(ref asked) > before,
                $"upstream rests for everybody after one client's failures: {status}, {cache}");
            await AskAsync(run, proxy, "/index/a", "forbidden");
        }

        var (last, why) = await AskAsync(run, proxy, "/index/a", null);
        run.Saw($"with upstream down, after one client's 403: {last}, {why}");
        run.Must(last == 200, $"one client's 403 has evicted the stored index: {last}");
    }

    private static async Task<(int Status, string Cache)> AskAsync(CaseRun run, ProxyProcess proxy, string path, string? agent)
    {
        using var client = ClientFrom.Http(agent is null ? "127.0.0.1" : "127.0.0.2", proxy.Port);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("User-Agent", agent ?? "honest/1.0");
        using var answer = await client.SendAsync(request, run.Ending);
        return (
            (int)answer.StatusCode,
            answer.Headers.TryGetValues("Cache-Status", out var values) ? string.Join(", ", values) : "no Cache-Status");
    }
}
