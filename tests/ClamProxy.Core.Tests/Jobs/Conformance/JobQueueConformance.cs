using ClamProxy.Core.Jobs;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Conformance;

/// <summary>What every queue of jobs does alike. Each inherits this and says how to open it, and what another process does.</summary>
public abstract class JobQueueConformance : IAsyncDisposable
{
    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private protected ShiftedTimeProvider Clock { get; } = new();

    private protected JobOptions Options { get; init; } = new() { MaxWaiting = 50, LeaseTime = TimeSpan.FromSeconds(30) };

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Added_IsTakenWordForWord()
    {
        var queue = await OpenAsync();
        var job = AJob("a") with { Client = "192.0.2.1", Size = 7, Name = "ein Name, „mit“ Zeichen.zip" };

        Assert.True(await queue.AddAsync(job, Cancelled));

        var taken = await TakeAsync(queue);
        Assert.Equal((job, 1), (taken!.Job, taken.Attempt));
        Assert.Null(await TakeAsync(queue));
    }

    [Fact]
    public async Task OfOnePriority_TheOldestIsTakenFirst()
    {
        var queue = await OpenAsync();
        foreach (var id in new[] { "a", "b", "c" })
        {
            await queue.AddAsync(AJob(id), Cancelled);
            Clock.Advance(TimeSpan.FromMilliseconds(2));
        }

        Assert.Equal(["a", "b", "c"], new[] { await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue) }.Select(IdOf));
    }

    [Fact]
    public async Task HighAndNormal_AreTakenFourToOneAndNoneStarves()
    {
        var queue = await OpenAsync();
        for (var number = 0; number < 20; number++)
        {
            await queue.AddAsync(AJob($"n{number}"), Cancelled);
            await queue.AddAsync(AJob($"h{number}", JobPriority.High), Cancelled);
        }

        var taken = new List<string?>();
        for (var number = 0; number < 20; number++)
        {
            taken.Add(IdOf(await TakeAsync(queue)));
        }

        Assert.Equal(16, taken.Count(id => id![0] == 'h'));
        Assert.Contains(taken[..5], id => id![0] == 'n');
    }

    [Fact]
    public async Task OnlyNormalOnes_AreTakenAtOnce()
    {
        var queue = await OpenAsync();
        for (var number = 0; number < 6; number++)
        {
            await queue.AddAsync(AJob($"n{number}"), Cancelled);
        }

        for (var number = 0; number < 6; number++)
        {
            Assert.NotNull(await TakeAsync(queue));
        }
    }

    [Fact]
    public async Task Completed_IsNotTakenAgain()
    {
        var queue = await OpenAsync();
        await queue.AddAsync(AJob("a"), Cancelled);

        await queue.CompleteAsync((await TakeAsync(queue))!, Cancelled);

        await PassAsync(TimeSpan.FromHours(1));
        Assert.Null(await TakeAsync(queue));
        Assert.Equal(new QueueState(0, null), await queue.StateAsync(Cancelled));
    }

    [Fact]
    public async Task WorkerSaysNothing_AnotherTakesItAndTheFirstHasLostIt()
    {
        var queue = await OpenAsync();
        await queue.AddAsync(AJob("a"), Cancelled);
        var first = (await TakeAsync(queue))!;

        await PassAsync(Options.LeaseTime + TimeSpan.FromSeconds(1));
        var second = await TakeAsync(queue);

        Assert.Equal(("a", 2), (second!.Job.Id, second.Attempt));
        Assert.False(await queue.RenewAsync(first, Cancelled));
        await queue.CompleteAsync(first, Cancelled);
        await queue.ReturnAsync(first, TimeSpan.Zero, Cancelled);
        Assert.Equal(1, (await queue.StateAsync(Cancelled)).Jobs);
        Assert.Null(await TakeAsync(queue));
        Assert.True(await queue.RenewAsync(second, Cancelled));
    }

    [Fact]
    public async Task WorkerRenews_NobodyElseTakesIt()
    {
        var queue = await OpenAsync();
        await queue.AddAsync(AJob("a"), Cancelled);
        var taken = (await TakeAsync(queue))!;

        for (var time = 0; time < 5; time++)
        {
            await PassAsync(Options.LeaseTime / 3);
            Assert.True(await queue.RenewAsync(taken, Cancelled));
        }

        Assert.Null(await TakeAsync(queue));
    }

    [Fact]
    public async Task Returned_IsTakenAgainAfterItsPause()
    {
        var queue = await OpenAsync();
        await queue.AddAsync(AJob("a"), Cancelled);

        await queue.ReturnAsync((await TakeAsync(queue))!, TimeSpan.FromSeconds(10), Cancelled);

        Assert.Null(await TakeAsync(queue));
        await PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(2, (await TakeAsync(queue))!.Attempt);
    }

    [Fact]
    public async Task AsManyAsMayWait_NoMoreIsTakenIn()
    {
        var queue = await OpenAsync();
        for (var number = 0; number < Options.MaxWaiting; number++)
        {
            Assert.True(await queue.AddAsync(AJob($"j{number}"), Cancelled));
        }

        Assert.False(await queue.AddAsync(AJob("one more"), Cancelled));

        await queue.CompleteAsync((await TakeAsync(queue))!, Cancelled);
        Assert.True(await queue.AddAsync(AJob("one more"), Cancelled));
    }

    [Fact]
    public async Task AddedWhileOneWaits_IsTakenAtOnce()
    {
        var queue = await OpenAsync();
        var waiting = queue.TakeAsync(Limit, Cancelled);

        await queue.AddAsync(AJob("a"), Cancelled);

        Assert.Equal("a", IdOf(await waiting.WaitAsync(Limit, Cancelled)));
    }

    [Fact]
    public async Task AddedByAnotherProcess_IsTaken()
    {
        var queue = await OpenAsync();
        var waiting = queue.TakeAsync(Limit, Cancelled);

        await (await OpenAnotherAsync()).AddAsync(AJob("a"), Cancelled);

        Assert.Equal("a", IdOf(await waiting.WaitAsync(Limit, Cancelled)));
    }

    [Fact]
    public async Task TwoProcesses_EachJobIsTakenOnce()
    {
        var (one, other) = (await OpenAsync(), await OpenAnotherAsync());
        for (var number = 0; number < 40; number++)
        {
            await one.AddAsync(AJob($"j{number:D2}"), Cancelled);
        }

        var taken = IsPartitioned
            ? [.. await TakeAllAsync(one), .. await TakeAllAsync(other)]
            : await Task.WhenAll(Enumerable.Range(0, 40).Select(number => TakeAsync(number % 2 == 0 ? one : other)));

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"j{number:D2}"), taken.Select(IdOf).Order());
    }

    [Fact]
    public async Task State_SaysHowManyAndSinceWhen()
    {
        var queue = await OpenAsync();
        var first = AJob("a");
        await queue.AddAsync(first, Cancelled);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await queue.AddAsync(AJob("b"), Cancelled);

        var state = await queue.StateAsync(Cancelled);

        Assert.Equal(2, state.Jobs);
        Assert.Equal(first.AcceptedAt.ToUnixTimeMilliseconds(), state.OldestAt!.Value.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task AddedAgain_IsThereOnce()
    {
        var queue = await OpenAsync();
        await queue.AddAsync(AJob("a"), Cancelled);

        await queue.AddAgainAsync(AJob("a"), Cancelled);
        await queue.AddAgainAsync(AJob("b"), Cancelled);

        var taken = new[] { await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue) }.Select(IdOf);
        Assert.Equal(["a", "b", null], taken.Order().OrderBy(id => id is null));
    }

    public abstract ValueTask DisposeAsync();

    private protected abstract Task<IJobQueue> OpenAsync();

    /// <summary>Opens the same queue as another process would.</summary>
    private protected abstract Task<IJobQueue> OpenAnotherAsync();

    /// <summary>Lets time pass, for the queue too.</summary>
    private protected virtual Task PassAsync(TimeSpan by)
    {
        Clock.Advance(by);
        return Task.CompletedTask;
    }

    private protected Job AJob(string id, JobPriority priority = JobPriority.Normal)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return new Job(id, "objects", $"{id}_file", "file", priority, now);
    }

    /// <summary>
    /// Each process has parts of the queue to itself: which jobs it may take, and how many, is the queue's to say. In a queue that is not
    /// partitioned every process may take every job.
    /// </summary>
    private protected virtual bool IsPartitioned => false;

    /// <summary>Waits until all that was added has reached the processes that take it, where a queue fetches ahead.</summary>
    private protected virtual Task ArrivedAsync(IJobQueue queue) => Task.CompletedTask;

    private protected async Task<TakenJob?> TakeAsync(IJobQueue queue)
    {
        await ArrivedAsync(queue);
        return await queue.TakeAsync(TimeSpan.Zero, Cancelled);
    }

    private async Task<List<TakenJob?>> TakeAllAsync(IJobQueue queue)
    {
        var taken = new List<TakenJob?>();
        while (await TakeAsync(queue) is { } next)
        {
            taken.Add(next);
        }

        return taken;
    }

    private protected static string? IdOf(TakenJob? taken) => taken?.Job.Id;
}
