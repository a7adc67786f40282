using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Soak.Records;

/// <summary>
/// Fills a record as many deliveries do, nearly all of them rows of their own, and asks it who took what: it has to stay within its bound,
/// and to answer in less than a second.
/// </summary>
internal sealed class RecordLoad(int deliveries, long size)
{
    private const int Contents = 500_000;
    private const int Clients = 5_000;

    /// <summary>One content has this share of all deliveries: many clients take it.</summary>
    private const int HotOneIn = 50;
    private const int Questions = 20;

    private static readonly string s_hot = Hash(0);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(1);

    /// <returns>Whether all held.</returns>
    public async Task<bool> RunAsync(Action<string> write)
    {
        using var folder = new TempFolder();
        using var meters = new TestMeters();
        using var record = new DeliveryRecord(
            new DeliveryOptions { Path = folder.Path, Size = size, WaitFor = TimeSpan.FromMinutes(1) },
            new DeliveryMetrics(meters),
            TimeProvider.System,
            NullLogger<DeliveryRecord>.Instance);
        await record.StartAsync(CancellationToken.None);
        var rate = await FillAsync(record, write);
        var slowest = TimeSpan.Zero;
        foreach (var sha256 in Enumerable.Range(0, Questions).Select(number => number == 0 ? s_hot : Hash(_random.Next(1, Contents))))
        {
            slowest = Later(slowest, await AskAsync(record, sha256, write));
        }

        await record.StopAsync(CancellationToken.None);
        var bytes = new DirectoryInfo(folder.Path).GetFiles().Sum(file => file.Length);
        var dropped = meters.Sum("clamproxy.deliveries.dropped");
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"{deliveries} deliveries, {rate:F0} a second, {dropped} dropped; {bytes >> 20} MiB on the disk, bound {size >> 20} MiB; "
                + $"slowest recall {slowest.TotalMilliseconds:F0} ms; {Environment.WorkingSet >> 20} MiB resident"));

        // What is written beside it.
        return dropped == 0 && bytes < size + (64 << 20) && slowest < s_longest;
    }

    private async Task<double> FillAsync(DeliveryRecord record, Action<string> write)
    {
        var began = Stopwatch.GetTimestamp();
        for (var number = 0; number < deliveries; number++)
        {
            var content = _random.Next(HotOneIn) == 0 ? 0 : _random.Next(1, Contents);
            await record.AddAsync(new Delivery(
                Hash(content), Verdict.Clean, "proxy", $"https://files.example.org/packages/of/some/length/{content}-1.0.tar.gz", 100_000)
            {
                Client = $"10.{number % 3}.{_random.Next(Clients)}",
                User = "build-farm",
                RequestId = $"4bf92f3577b34da6a3ce929d{number:x8}",
            });
            if (number % 1_000_000 == 999_999)
            {
                write($"{number + 1} after {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
                await AskAsync(record, s_hot, write);
            }
        }

        await record.FindAsync(s_hot, CancellationToken.None);
        return deliveries / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<TimeSpan> AskAsync(DeliveryRecord record, string sha256, Action<string> write)
    {
        var began = Stopwatch.GetTimestamp();
        var takers = await record.FindAsync(sha256, CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(began);
        if (sha256 == s_hot)
        {
            write($"recall of the content that most took: {takers.Rows} rows, {took.TotalMilliseconds:F0} ms");
        }

        return took;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static string Hash(int content) => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(content)));
}
