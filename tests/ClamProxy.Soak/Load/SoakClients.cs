using System.Collections.Concurrent;
using System.Diagnostics;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>Clients that ask for a mix without a pause, each its own row of dice.</summary>
internal sealed class SoakClients(World world, SoakFaults faults, SoakTotals totals, SoakDocuments documents, int seed)
{
    private const int Known = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25);

    private readonly ConcurrentQueue<TestFile> _known = [];
    private readonly ConcurrentQueue<TestFile> _knownBad = [];

    /// <summary>Some of all that was asked for.</summary>
    public ConcurrentQueue<TestFile> Sample { get; } = [];

    public Task RunAsync(int clients, CancellationToken stopping) =>
        Task.WhenAll(
            Enumerable.Range(0, clients).Select(
                client => Task.Run(() => AskOnAsync(new Random(seed + client), client, stopping), CancellationToken.None)));

    private async Task AskOnAsync(Random dice, int client, CancellationToken stopping)
    {
        var proxy = client % 2 == 0 ? world.Plain : world.Storing;
        var uploads = new SoakUploads(world, faults, totals);
        while (!stopping.IsCancellationRequested)
        {
            await (dice.Next(100) switch
            {
                < 50 => AskForFileAsync(proxy.Clients, dice),
                < 85 => documents.AskAsync(proxy, dice),
                _ => uploads.AskAsync(proxy, dice),
            });
        }
    }

    private async Task AskForFileAsync(Asker clients, Random dice)
    {
        var started = Stopwatch.GetTimestamp();
        var (what, file, asking) = Ask(clients, dice);
        var answer = await asking;
        // One that left by itself was broken off by nobody else.
        var calm = what == "leaves midway" ? null : faults.CalmSince(started);
        totals.Add(what, answer, calm);
        if (answer.Kind == AnswerKind.Right)
        {
            Remember(file);
        }
    }

    private (string What, TestFile File, Task<Answer> Asking) Ask(Asker clients, Random dice)
    {
        var size = dice.Next(10) == 0 ? dice.Next(200_000, 600_000) : dice.Next(3_000, 60_000);
        var fresh = world.Files.Next(isInfected: false, size);
        var known = _known.TryPeek(out var seen) ? seen : fresh;
        var knownBad = _knownBad.TryPeek(out var bad) ? bad : world.Files.Next(isInfected: true, size);
        return dice.Next(100) switch
        {
            < 25 => ("miss", fresh, clients.AskAsync(fresh, Deadline)),
            < 30 => ("never cached", fresh, clients.AskAsync(fresh, Deadline, cacheScan: false)),
            < 65 => ("hit", known, clients.AskAsync(known, Deadline)),
            < 75 => ("range", known, clients.AskAsync(known, Deadline, (known.Size / 3, known.Size / 2))),
            < 85 => New("infected", world.Files.Next(isInfected: true, size)),
            < 90 => ("infected known", knownBad, clients.AskAsync(knownBad, Deadline)),
            _ => ("leaves midway", fresh, clients.AskAsync(fresh, Deadline, leaveAfter: dice.Next(1, size))),
        };

        (string, TestFile, Task<Answer>) New(string what, TestFile file) => (what, file, clients.AskAsync(file, Deadline));
    }

    private void Remember(TestFile file)
    {
        var queue = file.IsInfected ? _knownBad : _known;
        queue.Enqueue(file);
        // Rotates, so that the first in line is another one each time and old ones go.
        if (queue.Count > Known)
        {
            queue.TryDequeue(out _);
        }

        if (file.Seed % 64 == 0)
        {
            Sample.Enqueue(file);
        }
    }
}
