using System.Diagnostics;
using System.Net.Sockets;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 10.</summary>
internal sealed class SlowReadersCase() : HostileCase(
    "10-slow-readers",
    "64 readers of one client stand still in the middle of known-clean files of one upstream",
    "another client gets another file of that upstream within 8 s")
{
    private const int Readers = 64;
    private const int Files = 8;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        for (var file = 0; file < Files; file++)
        {
            origin.On($"/known/{file}", RandomBody.Of(12 << 20));
        }

        origin.On("/other", RandomBody.Of(1000));
        var proxy = await run.ProxyAsync();
        using var honest = ClientFrom.Http("127.0.0.1", proxy.Port);
        for (var file = 0; file < Files; file++)
        {
            using var answer = await honest.SendAsync(ClientFrom.Ask($"/known/{file}", origin.Url, cacheScan: true), run.Ending);
        }

        Socket?[] readers = await Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Loopback.StandStillAsync(
            "127.0.0.2",
            proxy.Port,
            $"GET /known/{reader % Files} HTTP/1.1\r\nHost: x\r\nDownload-From: {origin.Url}\r\nCache-Scan: True",
            TimeSpan.FromSeconds(20),
            run.Ending)));
        try
        {
            var clock = Stopwatch.StartNew();
            var status = await StatusAsync(honest, origin.Url, run.Ending);
            run.Saw(
                $"{readers.Count(reader => reader is not null)} readers stand still; the other file: {status} after "
                    + $"{clock.Elapsed.TotalSeconds:F1} s");
            run.Must(status == 200, $"another client's file: {(status == 0 ? "nothing" : status)} after {clock.Elapsed.TotalSeconds:F1} s");
        }
        finally
        {
            Array.ForEach(readers, reader => reader?.Dispose());
        }
    }

    private static async Task<int> StatusAsync(HttpClient client, string upstream, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            using var answer = await client.SendAsync(ClientFrom.Ask("/other", upstream), limit.Token);
            return (int)answer.StatusCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }
}
