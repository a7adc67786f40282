using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace ClamProxy.Soak.Jobs;

/// <summary>Many small uploads: as fast as they are taken, and again while a worker is killed every ten seconds.</summary>
internal sealed class JobLoadRun(string queue, int count, Action<string> print)
{
    private const int Size = 64 << 10;
    private const int InfectedEvery = 50;
    private const int Uploaders = 16;
    private const int Collectors = 16;
    private const double GoodEnough = 0.8;
    private static readonly TimeSpan s_killEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    /// <returns>Whether all results were right in both runs, and the goodput was kept.</returns>
    public async Task<bool> RunAsync()
    {
        // Processes that have compiled what they need: the disturbed run has to start some anew, which is part of what it costs.
        var (undisturbed, isRight) = await RunAsync("undisturbed", kills: false);
        var (disturbed, isRightToo) = await RunAsync("a worker killed every 10 s", kills: true);
        print(string.Create(
            CultureInfo.InvariantCulture,
            $"{queue}: goodput {disturbed / undisturbed:P0} of the undisturbed run; at least {GoodEnough:P0}"));
        return isRight && isRightToo && disturbed >= GoodEnough * undisturbed;
    }

    private async Task<(double Goodput, bool IsRight)> RunAsync(string name, bool kills)
    {
        await using var world = await LoadWorld.StartAsync(await KillMatrix.Queues[queue]());
        using var limit = new CancellationTokenSource(s_limit);
        await WorkAsync(world, count / 20, "warm", limit.Token);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var started = TimeProvider.System.GetUtcNow();
        var killing = kills ? KillAsync(world, done.Token) : Task.FromResult(0);
        var (problems, last) = await WorkAsync(world, count, "file", limit.Token);
        var took = last - started;
        await done.CancelAsync();
        var deaths = await killing;
        print(string.Create(
            CultureInfo.InvariantCulture,
            $"{queue}, {name}: {count} uploads of {Size >> 10} KiB, {count / InfectedEvery} of them infected, in {took.TotalSeconds:F1} s: "
                + $"{count / took.TotalSeconds:F0} jobs/s; deaths {deaths}, wrong results {problems.Count} {problems.FirstOrDefault()}"));
        return (count / took.TotalSeconds, problems.IsEmpty);
    }

    /// <summary>Uploads files and asks for their results in the order of their acceptance.</summary>
    /// <returns>What is wrong, and when the last job ended.</returns>
    private static async Task<(ConcurrentQueue<string> Problems, DateTimeOffset Last)> WorkAsync(
        LoadWorld world, int count, string name, CancellationToken limit)
    {
        var problems = new ConcurrentQueue<string>();
        var ends = new ConcurrentBag<DateTimeOffset>();
        var accepted = Channel.CreateUnbounded<(string Id, string Status, string Name)>();
        var next = -1;
        var uploading = Task.WhenAll(Enumerable.Range(0, Uploaders).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var file = JobFile.Make($"{name}-{i}.bin", Size, isInfected: i % InfectedEvery == 0);
                await accepted.Writer.WriteAsync((await world.Client.UploadAsync(file, limit), file.Status, file.Name), limit);
            }
        }));
        var collecting = Task.WhenAll(Enumerable.Range(0, Collectors).Select(async _ =>
        {
            await foreach (var job in accepted.Reader.ReadAllAsync(limit))
            {
                var end = await world.Client.EndAsync(job.Id, limit);
                if (end is not { } result || JobClient.Text(result, "status") != job.Status
                    || JobClient.Text(result, "original_filename") != job.Name)
                {
                    problems.Enqueue($"{job}: {end?.GetRawText()}");
                }
                else
                {
                    ends.Add(result.GetProperty("timestamp").GetDateTimeOffset());
                }
            }
        }));
        await uploading;
        accepted.Writer.Complete();
        await collecting;
        return (problems, ends.Max());
    }

    private static async Task<int> KillAsync(LoadWorld world, CancellationToken done)
    {
        using var tick = new PeriodicTimer(s_killEvery);
        for (var deaths = 0; ; deaths++)
        {
            try
            {
                await tick.WaitForNextTickAsync(done);
            }
            catch (OperationCanceledException)
            {
                return deaths;
            }

            await world.KillWorkerAsync(deaths);
        }
    }
}
