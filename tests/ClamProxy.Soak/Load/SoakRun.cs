using System.Globalization;
using ClamProxy.Soak.Matrix;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>A mix of requests at saturation for a while, with something failing every few seconds.</summary>
internal static class SoakRun
{
    /// <summary>More than two cores can serve.</summary>
    private const int Clients = 16;

    /// <summary>How much more memory may be in use at the end, all told: the collector gives back late.</summary>
    private const long MemorySlack = 128L << 20;

    /// <summary>Pooled connections come and go.</summary>
    private const int DescriptorSlack = 80;

    private const int MostLines = 40;

    /// <param name="isMeant">Which faults may happen.</param>
    /// <param name="seed">The same seed throws the same dice.</param>
    /// <returns>Whether all was as it has to be.</returns>
    public static async Task<bool> RunAsync(
        TimeSpan duration, Func<Component, FaultKind, bool> isMeant, int seed, Action<string> print, Action<string> progress)
    {
        await using var world = await World.StartAsync();
        var totals = new SoakTotals();
        var faults = new SoakFaults(world, seed, isMeant, progress);
        var documents = new SoakDocuments(world, faults, totals, seed);
        var clients = new SoakClients(world, faults, totals, documents, seed);
        var footprint = new Footprint(world);
        using (var end = new CancellationTokenSource(duration))
        {
            await Task.WhenAll(
                clients.RunAsync(Clients, end.Token),
                documents.TurnAsync(end.Token),
                faults.RunAsync(end.Token),
                footprint.RunAsync(end.Token));
        }

        List<string> problems = [];
        var (recovery, leaks) = await AfterFault.RecoverAsync(world, problems.Add);
        var untrue = await Truth.UntrueRecordsOfAsync(world, clients.Sample.Distinct().TakeLast(2000));
        problems.AddRange(untrue);
        var breaches = world.Origin.Uploads.TakeBreaches();
        problems.AddRange(breaches);
        if (footprint.Late.Bytes > footprint.Early.Bytes + MemorySlack
            || footprint.Late.Descriptors > footprint.Early.Descriptors + DescriptorSlack)
        {
            problems.Add("memory or descriptors grew");
        }

        print(totals.Write());
        print(footprint.Write());
        print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"uploads that reached the origin {world.Origin.Uploads.Taken}, that should not have {breaches.Count}"));
        print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}, faults {faults.Count}, well {recovery.TotalSeconds:F1} s after the end, leaks {leaks}, untrue records "
                    + $"{untrue.Count}"));
        problems.ForEach(print);
        if (totals.NotAllowed > 0)
        {
            foreach (var line in world.Proxies.SelectMany(ScannersInLog))
            {
                print(line);
            }
        }

        return totals.NotAllowed == 0 && problems.Count == 0;
    }

    /// <summary>What a process said of its scanners last.</summary>
    private static IEnumerable<string> ScannersInLog(ProxyUnderTest proxy) =>
        proxy.Process.Log.Split('\n').Where(line => line.Contains("Scanner ", StringComparison.Ordinal)).TakeLast(MostLines);
}
