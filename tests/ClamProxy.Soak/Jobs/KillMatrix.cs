using System.Diagnostics;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// Kills each part at each step of a job, in one world per queue. After the last death API and workers are started six minutes later (what
/// is pending and not queued is queued again), and then when all results are over their life: nothing may be left.
/// </summary>
internal sealed class KillMatrix(Action<string> print)
{
    private static readonly TimeSpan s_underWay = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan s_life = TimeSpan.FromHours(25);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>The queues that jobs can have. A further one is a line here.</summary>
    public static IReadOnlyDictionary<string, Func<Task<IQueueUnderTest>>> Queues { get; } =
        new Dictionary<string, Func<Task<IQueueUnderTest>>>(StringComparer.OrdinalIgnoreCase)
        {
            ["sqlite"] = () => Task.FromResult<IQueueUnderTest>(new SqliteUnderTest()),
            ["redis"] = RedisUnderTest.StartAsync,
        };

    public List<JobRow> Rows { get; } = [];

    public bool IsGood => Rows.Count > 0 && Rows.All(row => row.IsGood);

    public async Task RunAsync(string queue, Func<JobStep, JobPart, JobDeath, bool> isMeant)
    {
        await using var world = await JobWorld.StartAsync(await Queues[queue]());
        var cells = CellsOf(world, isMeant).ToList();
        foreach (var cell in cells)
        {
            var clock = Stopwatch.StartNew();
            await cell.RunAsync();
            print($"{queue}: {cell.Name}, {cell.Part}: {clock.Elapsed.TotalSeconds:F1} s{(cell.Problems.Count == 0 ? "" : " FAILED")}");
            cell.Problems.ForEach(print);
        }

        using var limit = new CancellationTokenSource(s_limit);
        await world.StartLaterAsync(s_underWay);
        var pending = await UntilNoneAsync(
            async () => (await world.Client.ListAsync(limit.Token)).Where(result => JobClient.Text(result, "status") == "PENDING")
                .Select(result => result.GetRawText()));
        var results = await world.Client.ListAsync(limit.Token);
        var doubles = cells.ToDictionary(cell => cell, cell => cell.Doubles(results));
        var misplaced = await UntilNoneAsync(() => Task.FromResult(Misplaced(world, cells)));

        await world.StartLaterAsync(s_life);
        var left = await UntilNoneAsync(
            async () => (await world.Client.ListAsync(limit.Token)).Select(result => result.GetRawText())
                .Concat(world.Files()).Concat(await world.Queue.LeftAsync(world.DataPath)));
        foreach (var cell in cells)
        {
            int Count(IEnumerable<string> texts) => texts.Count(text => text.Contains(cell.Mark, StringComparison.Ordinal));
            Rows.Add(new JobRow(
                queue, cell.Name, cell.Part, cell.AcceptedCount, cell.Lost + Count(pending), doubles[cell], Count(misplaced) + Count(left),
                cell.Problems));
        }

        foreach (var text in pending.Select(text => $"pending: {text}").Concat(misplaced.Select(text => $"misplaced: {text}")).Concat(
            left.Select(text => $"left: {text}")))
        {
            print(text);
        }

        if (left.Any(text => !cells.Any(cell => text.Contains(cell.Mark, StringComparison.Ordinal))))
        {
            Rows.Add(new JobRow(queue, "whose, nobody knows", null, 0, 0, 0, left.Count, []));
        }

        if (Rows.Any(row => row.Queue == queue && !row.IsGood))
        {
            print($"api:\n{world.LogOf(JobPart.Api)}\nworker:\n{world.LogOf(JobPart.Worker)}");
        }
    }

    private static IEnumerable<JobCell> CellsOf(JobWorld world, Func<JobStep, JobPart, JobDeath, bool> isMeant)
    {
        var all =
            from step in JobStep.All
            from part in world.Parts
            from death in Enum.GetValues<JobDeath>()
            where step.CanMeet(part, death) && isMeant(step, part, death)
            select (step, part, death);
        return all.Select((cell, i) => new JobCell(world, i + 1, cell.step, cell.part, cell.death));
    }

    /// <summary>Each accepted job has one content, where its result says.</summary>
    private static IEnumerable<string> Misplaced(JobWorld world, List<JobCell> cells)
    {
        var files = world.Files();
        foreach (var (id, file) in cells.SelectMany(cell => cell.Accepted))
        {
            var found = files.Where(path => path.Contains(id, StringComparison.Ordinal)).ToList();
            var area = file.Status == "CLEAN" ? "processed" : "quarantine";
            if (found is not [var one] || one != Path.Combine("objects", area, $"{id}_{file.Name}"))
            {
                yield return $"{file.Name} {id}: {string.Join(", ", found)}";
            }
        }

        foreach (var path in files.Where(path => Path.GetDirectoryName(path) != Path.Combine("objects", "processed")
            && Path.GetDirectoryName(path) != Path.Combine("objects", "quarantine") && !IsUnknown(path, cells)))
        {
            yield return path;
        }
    }

    /// <summary>What nobody was told to be accepted may lie there until its life is over.</summary>
    private static bool IsUnknown(string path, List<JobCell> cells) =>
        cells.Any(cell => path.Contains(cell.Mark, StringComparison.Ordinal)
            && !cell.Accepted.Keys.Any(id => path.Contains(id, StringComparison.Ordinal)));

    private static async Task<IReadOnlyList<string>> UntilNoneAsync(Func<Task<IEnumerable<string>>> look)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var left = (await look()).ToList();
            if (left.Count == 0 || clock.Elapsed > s_limit / 3)
            {
                return left;
            }

            await Task.Delay(100);
        }
    }
}
