using System.Globalization;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Compose;

/// <summary>
/// Real clients download for a while from an upstream that composes its answers; every file that one of them calls complete is hashed.
/// </summary>
internal static class ComposeRun
{
    /// <summary>A client program costs more than a request does.</summary>
    private const int Workers = 6;

    /// <summary>Rounds of all workers before the next file: a URL that was found infected is refused from then on.</summary>
    private const int PerFile = 10;

    private static readonly DownloadClient[] Clients =
    [
        DownloadClients.Wget,
        DownloadClients.CurlAgain,
        DownloadClients.Pip,
        DownloadClients.Aria2,
        DownloadClients.Curl,
        DownloadClients.WgetAgain,
        DownloadClients.CurlUnknown, DownloadClients.Aria2Parts, DownloadClients.WgetUnknown, DownloadClients.BrowserIfRange,
    ];

    /// <param name="seed">The same seed has the upstream give the same answers in the same order for each file.</param>
    /// <returns>Whether every file was scanned.</returns>
    public static async Task<bool> RunAsync(TimeSpan duration, int seed, Action<string> print)
    {
        print(string.Create(CultureInfo.InvariantCulture, $"composing upstream, seed {seed}, {duration.TotalSeconds:F0} s"));
        await using var world = await ComposeWorld.StartAsync(seed);
        var totals = new ComposeTotals();
        using (var end = new CancellationTokenSource(duration))
        {
            await Task.WhenAll(
                Enumerable.Range(0, Workers).Select(worker => WorkAsync(world, totals, worker, new Random(seed + worker), end.Token)));
        }

        foreach (var note in world.Notes)
        {
            print(note);
        }

        print(totals.Write());
        print(string.Create(
            CultureInfo.InvariantCulture,
            $"{totals.All} downloads, {totals.Complete} complete, {world.Origin.Answers} answers of the upstream, {world.Served.Count} "
                + $"clean contents served whole; files that were not scanned: {totals.NotScanned}"));
        if (totals.Complete == 0)
        {
            print("no download was complete: nothing was shown");
        }

        return totals is { NotScanned: 0, Complete: > 0 };
    }

    private static async Task WorkAsync(ComposeWorld world, ComposeTotals totals, int worker, Random dice, CancellationToken ending)
    {
        for (var turn = worker; !ending.IsCancellationRequested; turn += Workers)
        {
            var client = Clients[turn % Clients.Length];
            var way = world.Ways[dice.Next(world.Ways.Count)];
            using var folder = new TempFolder();
            var wheel = world.Files.Wheel((turn / Workers / PerFile * world.Ways.Count) + way.Index);
            var job = new DownloadJob(way.Base, wheel, folder);
            // One that is under way at the end is cut off by it, and counts as failed.
            var download = await DownloadAsync(client, job, ending);
            totals.Add(client.Name, way, job.Url, download, world.Served.Has(download.Sha256));
        }
    }

    private static async Task<Download> DownloadAsync(DownloadClient client, DownloadJob job, CancellationToken ending)
    {
        try
        {
            return await client.DownloadAsync(job, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return new Download(false, [], "the end");
        }
    }
}
