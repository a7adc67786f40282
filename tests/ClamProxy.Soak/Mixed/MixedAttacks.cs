using System.Net.Sockets;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Mixed;

/// <summary>
/// The attacks of items 5 to 14 at once, each by one client with an address of its own. They wait, hold and drip: two cores are for those
/// who work.
/// </summary>
internal sealed class MixedAttacks(MixedWorld world)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(2);

    /// <summary>Carries them out until the end.</summary>
    public Task RunAsync(CancellationToken ending) => Task.WhenAll(
        new Func<CancellationToken, Task>[]
        {
            UnresolvedNamesAsync,
            LongAgentsAsync,
            LongAgentsOverHttp2Async,
            OldProtocolAsync,
            WaitersAsync,
            SlowReadersAsync,
            SpoolReadersAsync,
            IdleAsync,
            FlightsAsync,
            PasswordsAsync,
        }.Select(attack => UntilTheEndAsync(attack, ending)));

    private static string Head(string path, string upstream, string protocol = "HTTP/1.1", bool cacheScan = false) =>
        $"GET {path} {protocol}\r\nHost: x\r\n{MixedWorld.LetIn.Name}: {MixedWorld.LetIn.Value}\r\nDownload-From: "
            + $"{upstream}\r\nCache-Scan: {cacheScan}";

    private static async Task UntilTheEndAsync(Func<CancellationToken, Task> attack, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await Task.Run(() => attack(ending), ending);
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or SocketException)
            {
                // Turned away or ended: it tries again.
            }

            await Task.Delay(Seldom, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Item 5.</summary>
    private async Task UnresolvedNamesAsync(CancellationToken ending)
    {
        using var client = world.Client("127.0.0.5");
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async number =>
        {
            using var request = ClientFrom.Ask(
                "/x", $"http://h{number}.blackhole.test", method: number % 2 == 0 ? HttpMethod.Get : HttpMethod.Head);
            using var answer = await client.SendAsync(request, ending);
        }));
    }

    /// <summary>Item 6.</summary>
    private async Task LongAgentsAsync(CancellationToken ending)
    {
        using var client = world.Client("127.0.0.6");
        while (true)
        {
            using var request = ClientFrom.Ask("/large/6", world.Bait.Url, cacheScan: true, fields: ("User-Agent", new string('A', 9000)));
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending);
            await Task.Delay(Seldom, ending);
        }
    }

    /// <summary>Item 7.</summary>
    private async Task LongAgentsOverHttp2Async(CancellationToken ending)
    {
        using var client = world.Client("127.0.0.7");
        while (true)
        {
            using var request = ClientFrom.Ask("/file", world.Http2, fields: ("User-Agent", new string('A', 20_000)));
            using var answer = await client.SendAsync(request, ending);
            await Task.Delay(Often, ending);
        }
    }

    /// <summary>Item 8.</summary>
    private async Task OldProtocolAsync(CancellationToken ending)
    {
        while (true)
        {
            await Loopback.SayAsync(
                "127.0.0.8", world.Port, Head("/infected", world.Bait.Url, "HTTP/1.0"), TimeSpan.FromSeconds(30), ending);
            await Task.Delay(Often, ending);
        }
    }

    /// <summary>Item 9.</summary>
    private async Task WaitersAsync(CancellationToken ending)
    {
        await using var streams = new WaitingStreams("127.0.0.9", world.SecurePort);
        for (var connection = 0; connection < 200; connection++)
        {
            await streams.AddAsync(
                "/drip", world.Bait.Url, streams: 100, ending, (MixedWorld.LetIn.Name.ToLowerInvariant(), MixedWorld.LetIn.Value));
        }

        await Task.Delay(Timeout.Infinite, ending);
    }

    /// <summary>Item 10: the second half of these read what the first has made known.</summary>
    private Task SlowReadersAsync(CancellationToken ending) =>
        StandStillAsync("127.0.0.10", 64, reader => Head($"/large/known{reader % 4}", world.Bait.Url, cacheScan: true), ending);

    /// <summary>Item 11.</summary>
    private Task SpoolReadersAsync(CancellationToken ending) =>
        StandStillAsync("127.0.0.11", 10, reader => Head($"/large/spool{reader}", world.Bait.Url), ending);

    private async Task StandStillAsync(string source, int readers, Func<int, string> head, CancellationToken ending)
    {
        List<Socket> standing = [];
        try
        {
            for (var reader = 0; reader < readers; reader++)
            {
                if (await Loopback.StandStillAsync(source, world.Port, head(reader), TimeSpan.FromSeconds(10), ending) is { } socket)
                {
                    standing.Add(socket);
                }
            }

            // Slow readers are cut off after 30 seconds, and come again.
            await Task.Delay(TimeSpan.FromSeconds(40), ending);
        }
        finally
        {
            standing.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Item 12.</summary>
    private async Task IdleAsync(CancellationToken ending)
    {
        List<Socket> idle = [];
        try
        {
            while (idle.Count < 10_100)
            {
                idle.Add(await ClientFrom.ConnectAsync("127.0.0.12", world.Port, ending));
            }

            await Task.Delay(Timeout.Infinite, ending);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Item 13: a row of downloads that do not come, which others would join.</summary>
    private async Task FlightsAsync(CancellationToken ending)
    {
        using var client = world.Client("127.0.0.13");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            using var request = ClientFrom.Ask($"/drip?{number}", world.Bait.Url);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending);
            await Task.Delay(Seldom, ending);
        }));
    }

    /// <summary>Item 14.</summary>
    private async Task PasswordsAsync(CancellationToken ending)
    {
        using var client = ClientFrom.Http("127.0.0.14", world.Port);
        for (var guess = 0; ; guess++)
        {
            using var request = ClientFrom.Ask(
                "/large/14", world.Bait.Url, fields: ("Proxy-Authorization", Secret.Basic("alice", $"wrong{guess}")));
            using var answer = await client.SendAsync(request, ending);
            await Task.Delay(Seldom, ending);
        }
    }
}
