using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>Partitions that move, processes that end, brokers that go away.</summary>
public sealed class KafkaTroubleTests : IAsyncDisposable
{
    private readonly KafkaCluster _cluster = new();
    private readonly KafkaJobs _jobs;
    private readonly JobOptions _options = new() { QueueTimeout = TimeSpan.FromSeconds(30) };

    public KafkaTroubleTests() => _jobs = new KafkaJobs(_cluster, partitions: 4);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LaterJobsDoneFirst_AreNotCommittedBeforeTheEarlierOne()
    {
        await using var jobs = new KafkaJobs(_cluster);
        var queue = jobs.OpenQueue(_options, TimeProvider.System);
        await AddAsync(queue, 0, 3);
        var first = await TakeAsync(queue);
        await queue.CompleteAsync(await TakeAsync(queue), Cancelled);
        await queue.CompleteAsync(await TakeAsync(queue), Cancelled);
        await queue.DisposeAsync();

        var next = jobs.OpenQueue(_options, TimeProvider.System);

        Assert.Equal(first.Job.Id, (await TakeAsync(next)).Job.Id);
        Assert.Equal(3, (await next.StateAsync(Cancelled)).Jobs);
    }

    [Fact]
    public async Task ProcessEndsWhenAllIsDone_NothingIsTakenAgain()
    {
        var queue = _jobs.OpenQueue(_options, TimeProvider.System);
        await AddAsync(queue, 0, 10);
        for (var number = 0; number < 10; number++)
        {
            await queue.CompleteAsync(await TakeAsync(queue), Cancelled);
        }

        await queue.DisposeAsync();

        Assert.Equal(new QueueState(0, null), await _jobs.OpenQueue(_options, TimeProvider.System).StateAsync(Cancelled));
    }

    [Fact]
    public async Task AnotherProcessJoinsWhileJobsAreWorkedOn_ItGetsWhatIsNotDoneAndTheFirstLearnsIt()
    {
        var first = _jobs.OpenQueue(_options, TimeProvider.System);
        await AddAsync(first, 0, 40);
        var held = new List<TakenJob>();
        for (var number = 0; number < 40; number++)
        {
            held.Add(await TakeAsync(first));
        }

        var second = _jobs.OpenQueue(_options, TimeProvider.System);
        var moved = await TakeAsync(second);

        var before = Assert.Single(held, one => one.Job.Id == moved.Job.Id);
        Assert.False(await first.RenewAsync(before, Cancelled));
        Assert.True(await second.RenewAsync(moved, Cancelled));
        var kept = new List<TakenJob>();
        foreach (var one in held)
        {
            if (await first.RenewAsync(one, Cancelled))
            {
                kept.Add(one);
            }
        }

        Assert.InRange(kept.Count, 1, 39);
        foreach (var one in kept)
        {
            await first.CompleteAsync(one, Cancelled);
        }

        // What moved is the second one's alone: whatever the first does of it counts for nothing.
        await first.CompleteAsync(before, Cancelled);
        await UntilAsync(async () => (await second.StateAsync(Cancelled)).Jobs == 40 - kept.Count);
    }

    [Fact]
    public async Task GivenBackAndTheProcessEnds_TheNextKnowsHowOftenItWasTried()
    {
        var first = _jobs.OpenQueue(_options, TimeProvider.System);
        await AddAsync(first, 0, 1);
        await first.ReturnAsync(await TakeAsync(first), TimeSpan.Zero, Cancelled);
        await first.DisposeAsync();

        Assert.Equal(2, (await TakeAsync(_jobs.OpenQueue(_options, TimeProvider.System))).Attempt);
    }

    [Fact]
    public async Task ProcessDiedWithIt_ThatAttemptCountsAndWhatItHadNotTakenIsNew()
    {
        await using var jobs = new KafkaJobs(_cluster);
        await AddAsync(jobs.OpenQueue(_options, TimeProvider.System), 0, 3);

        // What a process leaves behind that is killed while it works on the first two.
        using (var marks = jobs.OpenMarks(_options))
        {
            await marks.SetAsync(new(jobs.Options.InputTopic, 0, 1), Cancelled);
        }

        var queue = jobs.OpenQueue(_options, TimeProvider.System);
        var taken = new[] { await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue) };
        Assert.Equal([("j00", 2), ("j01", 2), ("j02", 1)], taken.Select(one => (one.Job.Id, one.Attempt)).Order());
        Assert.Equal(3, (await queue.StateAsync(Cancelled)).Jobs);
    }

    [Fact]
    public async Task MoreThanMayBeHeld_AreAllTakenInTheEnd()
    {
        await using var jobs = new KafkaJobs(_cluster, maxHeld: 4);
        var queue = jobs.OpenQueue(_options, TimeProvider.System);
        await AddAsync(queue, 0, 100);
        var taken = new HashSet<string>();
        while (taken.Count < 100)
        {
            var one = await TakeAsync(queue);
            Assert.InRange(queue.Held, 1, 4 + 50);
            taken.Add(one.Job.Id);
            await queue.CompleteAsync(one, Cancelled);
        }
    }

    [Fact]
    public async Task BrokersGoAwayAndComeBack_CallsFailInTimeAndAllGoesOnByItself()
    {
        var queue = _jobs.OpenQueue(_options, TimeProvider.System);
        await AddAsync(queue, 0, 2);
        var held = await TakeAsync(queue);
        var hasty = _jobs.OpenQueue(new JobOptions { QueueTimeout = TimeSpan.FromSeconds(3) }, TimeProvider.System);
        await UntilAsync(() => TryAddAsync(hasty, "before"));

        _cluster.SetDown();
        var failed = Assert.ThrowsAsync<JobStoreException>(() => hasty.AddAsync(AJob("refused"), Cancelled));
        await failed.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        Assert.NotNull(hasty.Problem);
        await queue.CompleteAsync(held, Cancelled);

        _cluster.SetUp();
        await UntilAsync(() => TryAddAsync(hasty, "later"));
        var taken = new List<string>();
        while (!taken.Contains("later"))
        {
            var one = await TakeAsync(queue);
            taken.Add(one.Job.Id);
            await queue.CompleteAsync(one, Cancelled);
        }

        Assert.Null(hasty.Problem);
        Assert.Null(queue.Problem);
        Assert.DoesNotContain(held.Job.Id, taken);
    }

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _cluster.Dispose();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<bool> TryAddAsync(KafkaJobQueue queue, string id)
    {
        try
        {
            return await queue.AddAsync(AJob(id), Cancelled);
        }
        catch (JobStoreException)
        {
            return false;
        }
    }

    private static async Task AddAsync(KafkaJobQueue queue, int from, int count)
    {
        for (var number = from; number < from + count; number++)
        {
            await queue.AddAsync(AJob($"j{number:D2}"), Cancelled);
        }
    }

    private static Job AJob(string id) => new(id, "objects", $"{id}_file", "file", JobPriority.Normal, TimeProvider.System.GetUtcNow());

    private static async Task<TakenJob> TakeAsync(KafkaJobQueue queue) =>
        (await queue.TakeAsync(KafkaJobs.Limit, Cancelled)) ?? throw new TimeoutException();
}
