using System.Net.Sockets;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 11. The spool has 128 MiB here, in place of 20 GiB, so that the files can be small.</summary>
internal sealed class FullSpoolCase() : HostileCase(
    "11-spool", "ten readers of one client stand still in files that fill the spool", "another client's downloads are no 503")
{
    private const int Readers = 10;
    private const int Size = 16 << 20;

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.Otherwise = context =>
            FakeOrigin.SendAsync(context, RandomBody.Of(context.Request.Path.StartsWithSegments("/large") ? Size : 1 << 20));
        var proxy = await run.ProxyAsync(("ClamProxy__Spool__DiskTotal", "128M"));
        Socket?[] readers = await Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Loopback.StandStillAsync(
            "127.0.0.2",
            proxy.Port,
            $"GET /large/{reader} HTTP/1.1\r\nHost: x\r\nDownload-From: {origin.Url}",
            TimeSpan.FromSeconds(20),
            run.Ending)));
        try
        {
            using var honest = ClientFrom.Http("127.0.0.1", proxy.Port);
            List<int> statuses = [];
            for (var file = 0; file < 5; file++)
            {
                using var answer = await honest.SendAsync(ClientFrom.Ask($"/small/{file}", origin.Url), run.Ending);
                statuses.Add((int)answer.StatusCode);
            }

            run.Saw($"{readers.Count(reader => reader is not null)} readers stand still; others: {string.Join(", ", statuses)}");
            run.Must(statuses.TrueForAll(status => status == 200), $"others: {string.Join(", ", statuses)}");
        }
        finally
        {
            Array.ForEach(readers, reader => reader?.Dispose());
        }
    }
}
