using System.Diagnostics;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// Kills each part at each step of a job, in one world per queue. After the last death API and workers are started six minutes later (what
/// is pending and not queued is queued again), and then when all results are over their life: nothing may be left.
/// </summary>
internal sealed class KillMatrix(Action<string> print)
{
    /// <summary>Behind a queue's name: with contents in a bucket.</summary>
    private const string InBucket = "+s3";

    private static readonly TimeSpan s_underWay = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan s_life = TimeSpan.FromHours(25);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>The queues that jobs can have. A further one is a line here.</summary>
    public static IReadOnlyDictionary<string, Func<Task<IQueueUnderTest>>> Queues { get; } =
        new Dictionary<string, Func<Task<IQueueUnderTest>>>(StringComparer.OrdinalIgnoreCase)
        {
            ["sqlite"] = () => Task.FromResult<IQueueUnderTest>(new SqliteUnderTest()),
            ["redis"] = RedisUnderTest.StartAsync,
            ["kafka"] = () => Task.FromResult<IQueueUnderTest>(new KafkaUnderTest()),
        };

    /// <summary>What the matrix has rows for: each queue with contents in a folder, and one with contents in a bucket.</summary>
    public static IReadOnlyList<string> Worlds { get; } = [.. Queues.Keys, $"redis{InBucket}"];

    public List<JobRow> Rows { get; } = [];

    public bool IsGood => Rows.Count > 0 && Rows.All(row => row.IsGood);

    /// <param name="name">One of <see cref="Worlds"/>, or another queue with contents in a bucket.</param>
    public async Task RunAsync(string name, Func<JobStep, JobPart, JobDeath, bool> isMeant)
    {
        await using var world = await StartAsync(name);
        var cells = CellsOf(world).Where(cell => isMeant(cell.Step, cell.Part, cell.Death))
            .Select((cell, i) => new JobCell(world, i + 1, cell.Step, cell.Part, cell.Death)).ToList();
        foreach (var cell in cells)
        {
            var clock = Stopwatch.StartNew();
            await cell.RunAsync();
            print($"{name}: {cell.Name}, {cell.Part}: {clock.Elapsed.TotalSeconds:F1} s{(cell.Problems.Count == 0 ? "" : " FAILED")}");
            cell.Problems.ForEach(print);
        }

        await world.StartLaterAsync(s_underWay);
        using var limit = new CancellationTokenSource(s_limit);
        var pending = await UntilNoneAsync(
            async () => (await world.Client.ListAsync(limit.Token)).Where(result => JobClient.Text(result, "status") == "PENDING")
                .Select(result => result.GetRawText()));
        var results = await world.Client.ListAsync(limit.Token);
        var doubles = cells.ToDictionary(cell => cell, cell => cell.Doubles(results));
        var misplaced = await UntilNoneAsync(async () => Misplaced(await world.FilesAsync(), cells));

        // Contents that are no job's are not removed while jobs wait, whose they may be.
        var waiting = await UntilNoneAsync(world.WaitingAsync);
        await world.StartLaterAsync(s_life);
        using var lastLimit = new CancellationTokenSource(s_limit);
        var left = await UntilNoneAsync(
            async () => (await world.Client.ListAsync(lastLimit.Token)).Select(result => result.GetRawText())
                .Concat(await world.FilesAsync()).Concat(await world.Queue.LeftAsync(world.DataPaths)));
        foreach (var cell in cells)
        {
            int Count(IEnumerable<string> texts) => texts.Count(text => text.Contains(cell.Mark, StringComparison.Ordinal));
            Rows.Add(new JobRow(
                name, cell.Name, cell.Part, cell.AcceptedCount, cell.Lost + Count(pending), doubles[cell], Count(misplaced) + Count(left),
                cell.Problems));
        }

        foreach (var text in waiting.Select(text => $"waiting: {text}")
            .Concat(pending.Select(text => $"pending: {text}"))
            .Concat(misplaced.Select(text => $"misplaced: {text}"))
            .Concat(left.Select(text => $"left: {text}")))
        {
            print(text);
        }

        if (left.Any(text => !cells.Any(cell => text.Contains(cell.Mark, StringComparison.Ordinal))))
        {
            Rows.Add(new JobRow(name, "whose, nobody knows", null, 0, 0, 0, left.Count, []));
        }

        if (Rows.Any(row => row.World == name && !row.IsGood))
        {
            print($"api:\n{world.LogOf(JobPart.Api)}\nworker:\n{world.LogOf(JobPart.Worker)}");
        }
    }

    public static bool AreContentsInBucket(string name) => name.EndsWith(InBucket, StringComparison.OrdinalIgnoreCase);

    private static async Task<JobWorld> StartAsync(string name)
    {
        var isInBucket = AreContentsInBucket(name);
        return await JobWorld.StartAsync(
            await Queues[isInBucket ? name[..^InBucket.Length] : name](),
            isInBucket ? await BucketUnderTest.StartAsync() : new FolderUnderTest());
    }

    private static IEnumerable<(JobStep Step, JobPart Part, JobDeath Death)> CellsOf(JobWorld world) =>
        from step in JobStep.All
        where world.Objects.IsBucket || !step.NeedsBucket
        from part in Enum.GetValues<JobPart>()
        from death in world.ServerOf(part)?.DeathsAt(step) ?? step.DeathsOf(part)
        select (step, part, death);

    /// <summary>Each accepted job has one content, where its result says.</summary>
    private static IEnumerable<string> Misplaced(IReadOnlyList<string> files, List<JobCell> cells)
    {
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
