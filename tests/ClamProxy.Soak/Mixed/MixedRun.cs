using System.Globalization;

namespace ClamProxy.Soak.Mixed;

/// <summary>Clients work, first undisturbed, then while one client carries out each attack of items 5 to 14.</summary>
internal static class MixedRun
{
    /// <summary>The least share of the undisturbed goodput that must be left.</summary>
    private const double GoodEnough = 0.8;

    private const double MostMilliseconds = 100;
    private const long MostMemory = 512L << 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <param name="duration">How long it goes on under attack; half as long before.</param>
    /// <returns>Whether goodput, health and memory held.</returns>
    public static async Task<bool> RunAsync(TimeSpan duration, Action<string> print)
    {
        await using var world = await MixedWorld.StartAsync();
        var work = new HonestWork(world);
        await work.RunAsync(WarmUp);
        var quiet = await work.RunAsync(duration / 2);
        var before = world.Proxy.ResidentBytes;

        var watch = new Watch(world.Proxy);
        IReadOnlyList<(string Kind, int Right)> attacked;
        using (var end = new CancellationTokenSource())
        {
            var attacks = new MixedAttacks(world).RunAsync(end.Token);
            await work.RunAsync(WarmUp);
            var watching = watch.RunAsync(end.Token);
            attacked = await work.RunAsync(duration);
            await end.CancelAsync();
            await Task.WhenAll(watching, attacks);
        }

        return Judge(world, work, watch, quiet, attacked, before, duration, print);
    }

    private static bool Judge(
        MixedWorld world,
        HonestWork work,
        Watch watch,
        IReadOnlyList<(string Kind, int Right)> quiet,
        IReadOnlyList<(string Kind, int Right)> attacked,
        long before,
        TimeSpan duration,
        Action<string> print)
    {
        print($"{"",-16}{"undisturbed/s",16}{"attacked/s",16}{"ratio",8}");
        foreach (var (kind, right) in quiet.Append(("all", quiet.Sum(one => one.Right))))
        {
            var under = kind == "all" ? attacked.Sum(one => one.Right) : attacked.Single(one => one.Kind == kind).Right;
            print(Row(kind, right / (duration / 2).TotalSeconds, under / duration.TotalSeconds));
        }

        var ratio = attacked.Sum(one => one.Right) / 2.0 / Math.Max(1, quiet.Sum(one => one.Right));
        var p99 = watch.Percentile(0.99);
        print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"/healthz p50 {watch.Percentile(0.5):F0} ms, p99 {p99:F0} ms, longest {watch.Percentile(1):F0} ms of {watch.Asked}"));
        print(
            string.Create(
                CultureInfo.InvariantCulture, $"memory {before >> 20} MiB undisturbed, {watch.Peak >> 20} MiB at most under attack"));
        print($"other answers to those who work: {string.Join(", ", work.Others.DefaultIfEmpty("none"))}");
        (bool IsHeld, string What)[] all =
        [
            (
                ratio >= GoodEnough,
                string.Create(CultureInfo.InvariantCulture, $"goodput {ratio:P0} of undisturbed, at least {GoodEnough:P0}")),
            (
                watch.Asked > 0 && p99 < MostMilliseconds,
                string.Create(CultureInfo.InvariantCulture, $"/healthz p99 below {MostMilliseconds:F0} ms")),
            (watch.Peak < MostMemory, $"memory below {MostMemory >> 20} MiB"),
            (!world.Proxy.HasExited, "the process lives"),
        ];
        foreach (var (isHeld, what) in all)
        {
            print($"{(isHeld ? "held  " : "BROKEN")} {what}");
        }

        return Array.TrueForAll(all, one => one.IsHeld);
    }

    private static string Row(string kind, double quiet, double attacked) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind,-16}{quiet,16:F1}{attacked,16:F1}{(quiet > 0 ? attacked / quiet : 0),8:P0}");
}
