using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>
/// As much as one process can do, then ten times as much: what it still does of it, and how quickly it says no to the rest.
/// </summary>
internal static class OverloadRun
{
    /// <summary>Bytes of a file: large enough that scans, not the clients, are what two cores are busy with.</summary>
    private const int Size = 512 << 10;
    private const int PeakClients = 32;
    private const int Times = 10;
    private const double GoodEnough = 0.8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <param name="duration">Of each of the two phases.</param>
    /// <returns>Whether the goodput was kept and every answer was right or an honest 503.</returns>
    public static async Task<bool> RunAsync(TimeSpan duration, Action<string> print)
    {
        await using var world = await World.StartAsync(overUnixSockets: true, new Dictionary<string, string> { ["LOG_LEVEL"] = "Error" });
        var peak = await PeakAsync(world, duration);
        print(
            string.Create(
                CultureInfo.InvariantCulture, $"peak: {peak:F0} files/s of {Size >> 10} KiB, each scanned, with {PeakClients} clients"));
        var answers = await OverloadAsync(world, peak * Times, duration);

        var right = answers.Count(pair => pair.Answer.Kind == AnswerKind.Right && pair.IsInside);
        var goodput = right / duration.TotalSeconds;
        Answer[] refused = [.. answers.Select(pair => pair.Answer).Where(answer => answer.Status == 503)];
        Answer[] others = [.. answers.Select(pair => pair.Answer).Where(answer => answer.Kind != AnswerKind.Right && answer.Status != 503)];
        print(string.Create(CultureInfo.InvariantCulture, $"""
            overload: {answers.Count} requests in {(WarmUp + duration).TotalSeconds:F0} s, {Times} times the peak
            goodput {goodput:F0} files/s, {goodput / peak:P0} of the peak
            503: {refused.Length}, p50 {Percentile(refused, 0.5):F0} ms, p99 {Percentile(refused, 0.99):F0} ms
            anything else: {others.Length} {others.FirstOrDefault()}
            """));
        return goodput >= GoodEnough * peak && others.Length == 0;
    }

    private static async Task<double> PeakAsync(World world, TimeSpan duration)
    {
        var right = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, PeakClients).Select(async _ =>
        {
            while (clock.Elapsed < WarmUp + duration)
            {
                var answer = await AskAsync(world);
                if (answer.Kind == AnswerKind.Right && clock.Elapsed > WarmUp && clock.Elapsed < WarmUp + duration)
                {
                    Interlocked.Increment(ref right);
                }
            }
        }));
        return right / duration.TotalSeconds;
    }

    /// <summary>Asks at a rate, whether answers come or not.</summary>
    private static async Task<IReadOnlyCollection<(Answer Answer, bool IsInside)>> OverloadAsync(
        World world, double rate, TimeSpan duration)
    {
        ConcurrentQueue<(Answer, bool)> answers = [];
        List<Task> asked = [];
        var clock = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(Tick);
        while (clock.Elapsed < WarmUp + duration && await tick.WaitForNextTickAsync())
        {
            for (var due = (int)(rate * clock.Elapsed.TotalSeconds) - asked.Count; due > 0; due--)
            {
                asked.Add(
                    Task.Run(
                        async () => answers.Enqueue((await AskAsync(world), clock.Elapsed > WarmUp && clock.Elapsed < WarmUp + duration))));
            }
        }

        await Task.WhenAll(asked);
        return answers;
    }

    private static Task<Answer> AskAsync(World world) =>
        world.Plain.Direct.AskAsync(world.Files.Next(isInfected: false, Size), Deadline, cacheScan: false);

    private static double Percentile(Answer[] answers, double share) =>
        answers.Length == 0
            ? 0
            : answers.Select(answer => answer.Took.TotalMilliseconds).Order().ElementAt((int)(share * (answers.Length - 1)));
}
