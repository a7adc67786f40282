using System.Diagnostics;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 5.</summary>
internal sealed class SilentResolverCase(HttpMethod method) : HostileCase(
    $"5-{method.Method.ToLowerInvariant()}",
    $"one client has 64 {method} requests in flight for names to which the resolver never answers",
    "a stored file and /healthz come within a second")
{
    private const int Requests = 64;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/file", RandomBody.Of(10_000));
        var names = run.Made(new FakeNameServer());
        var proxy = await run.ProxyAsync(
            names, ("STORE_PATH", run.Folder().File("store")), ("ALLOWED_UPSTREAMS", "127.0.0.1,*.blackhole.test"));
        using var honest = ClientFrom.Http("127.0.0.1", proxy.Port);
        using (await honest.SendAsync(ClientFrom.Ask("/file", origin.Url, cacheScan: true), run.Ending))
        {
            // It is in the store now.
        }

        using var attacker = ClientFrom.Http("127.0.0.2", proxy.Port);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Ending);
        Task[] attack =
        [
            .. Enumerable.Range(0, Requests).Select(number => Task.Run(
                async () =>
                {
                    using var request = ClientFrom.Ask("/x", $"http://h{number}.blackhole.test", method: method);
                    using var answer = await attacker.SendAsync(request, end.Token);
                },
                run.Ending)),
        ];
        await Task.Delay(500, run.Ending);
        TimeSpan[] times =
        [
            await TimeAsync(() => honest.SendAsync(ClientFrom.Ask("/file", origin.Url, cacheScan: true), run.Ending)),
            await TimeAsync(() => proxy.Management.GetAsync("/healthz", run.Ending))
        ];
        await end.CancelAsync();
        await Task.WhenAll(attack).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        run.Saw($"the stored file took {times[0].TotalSeconds:F2} s, /healthz {times[1].TotalSeconds:F2} s");
        run.Must(times[0] < Second, $"a stored file took {times[0].TotalSeconds:F1} s");
        run.Must(times[1] < Second, $"/healthz took {times[1].TotalSeconds:F1} s");
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var clock = Stopwatch.StartNew();
        using var answer = await ask();
        return answer.IsSuccessStatusCode ? clock.Elapsed : TimeSpan.FromMinutes(1);
    }
}
