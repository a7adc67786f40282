using System.Diagnostics;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 13. The scanner is a stand-in that takes 300 ms for each file, so that a row of scans is a row.</summary>
internal sealed class JoinedFlightCase() : HostileCase(
    "13-joined",
    "a client has 100 scans waiting, and another one asks for the file that is last in that row",
    "the other one's turn comes as if it had begun the scan itself")
{
    private const int Row = 100;
    private const int Size = 2 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.Otherwise = context => FakeOrigin.SendAsync(context, RandomBody.Of(Size));
        var clamd = run.Made(FakeClamd.OnTcp());
        clamd.OnContent = async (connection, _) =>
        {
            await Task.Delay(300, run.Ending);
            await connection.ReplyAsync("stream: OK\0");
        };
        var proxy = await run.ProxyAsync(("CLAMD_HOSTS", clamd.Endpoint));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Ending);
        using var first = ClientFrom.Http("127.0.0.2", proxy.Port);
        Task[] row = [.. Enumerable.Range(0, Row).Select(file => AskAsync(first, $"/{file}", origin.Url, end.Token))];
        await Task.Delay(2000, run.Ending);

        using var second = ClientFrom.Http("127.0.0.1", proxy.Port);
        var own = await AskAsync(second, "/own", origin.Url, run.Ending);
        var joined = await AskAsync(second, $"/{Row - 1}", origin.Url, run.Ending);
        await end.CancelAsync();
        await Task.WhenAll(row).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        run.Saw($"a file of its own took {own.TotalSeconds:F1} s, the joined one {joined.TotalSeconds:F1} s");
        run.Must(joined < own + Longest, $"the joined file took {joined.TotalSeconds:F1} s, one of its own {own.TotalSeconds:F1} s");
    }

    private static async Task<TimeSpan> AskAsync(HttpClient client, string path, string upstream, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var answer = await client.SendAsync(ClientFrom.Ask(path, upstream), cancellationToken);
        return clock.Elapsed;
    }
}
