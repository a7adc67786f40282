using ClamProxy.Core.Jobs;

namespace ClamProxy.Core.Tests.Jobs.Conformance;

/// <summary>What every store of results does alike.</summary>
public abstract class ResultStoreConformance : IAsyncDisposable
{
    private const string Sha256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";
    private static readonly DateTimeOffset s_start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Added_IsPendingWordForWord()
    {
        var results = await OpenAsync();
        var job = AJob("a") with { Client = "192.0.2.1", Size = 7, Name = "ein Name, „mit“ Zeichen.zip" };

        await results.AddAsync(job, Cancelled);

        Assert.Equal(new JobRecord(job, null), await results.FindAsync("a", Cancelled));
        Assert.Equal(JobStatus.Pending, (await results.FindAsync("a", Cancelled))!.Status);
    }

    [Fact]
    public async Task Finished_IsFoundWordForWord()
    {
        var results = await OpenAsync();
        var (job, outcome) = (AJob("a"), Infected(s_start));
        await results.AddAsync(job, Cancelled);

        Assert.True(await results.FinishAsync(job, outcome, Cancelled));

        Assert.Equal(new JobRecord(job, outcome), await results.FindAsync("a", Cancelled));
    }

    [Fact]
    public async Task FinishedTwice_TheFirstOutcomeStays()
    {
        var results = await OpenAsync();
        var (job, outcome) = (AJob("a"), Infected(s_start));
        await results.AddAsync(job, Cancelled);
        await results.FinishAsync(job, outcome, Cancelled);

        Assert.False(await results.FinishAsync(job, new JobOutcome(JobStatus.Clean, s_start, "processed/a_file"), Cancelled));
        await results.AddAsync(job, Cancelled);

        Assert.Equal(outcome, (await results.FindAsync("a", Cancelled))!.Outcome);
    }

    [Fact]
    public async Task FinishedByManyAtOnce_OneIsTheFirst()
    {
        var (one, other) = (await OpenAsync(), await OpenAnotherAsync());
        var job = AJob("a");
        await one.AddAsync(job, Cancelled);

        var first = await Task.WhenAll(Enumerable.Range(0, 16).Select(number =>
            (number % 2 == 0 ? one : other).FinishAsync(job, Infected(s_start.AddSeconds(number)), Cancelled)));

        Assert.Single(first, isFirst => isFirst);
    }

    [Fact]
    public async Task FinishedAndNeverAdded_IsFound()
    {
        var results = await OpenAsync();

        Assert.True(await results.FinishAsync(AJob("a"), Infected(s_start), Cancelled));

        Assert.Equal(JobStatus.Infected, (await results.FindAsync("a", Cancelled))!.Status);
    }

    [Fact]
    public async Task KnownAndFinished_IsFoundAndTheFirstOutcomeStays()
    {
        var results = await OpenAsync();
        await results.AddAsync(AJob("a"), Cancelled);

        Assert.True(await results.FinishKnownAsync(AJob("a"), Infected(s_start), Cancelled));
        Assert.False(await results.FinishKnownAsync(AJob("a"), Infected(s_start.AddSeconds(1)), Cancelled));

        Assert.Equal(Infected(s_start), (await results.FindAsync("a", Cancelled))!.Outcome);
    }

    [Fact]
    public async Task DeletedBeforeItIsFinished_StaysDeleted()
    {
        var results = await OpenAsync();
        await results.AddAsync(AJob("a"), Cancelled);
        await results.DeleteAsync("a", Cancelled);

        Assert.False(await results.FinishKnownAsync(AJob("a"), Infected(s_start), Cancelled));

        Assert.Null(await results.FindAsync("a", Cancelled));
        Assert.Empty((await results.ListAsync(new ResultFilter(), null, 10, Cancelled)).Records);
    }

    [Fact]
    public async Task UnknownId_IsNotFound()
    {
        var results = await OpenAsync();

        Assert.Null(await results.FindAsync("' OR 1=1 --", Cancelled));
        Assert.False(await results.DeleteAsync("a", Cancelled));
    }

    [Fact]
    public async Task Deleted_IsNotFound()
    {
        var results = await OpenAsync();
        await results.AddAsync(AJob("a"), Cancelled);

        Assert.True(await results.DeleteAsync("a", Cancelled));

        Assert.Null(await results.FindAsync("a", Cancelled));
        Assert.Empty((await results.ListAsync(new ResultFilter(), null, 10, Cancelled)).Records);
    }

    [Fact]
    public async Task Listed_TheNewestAreFirstPageByPageAndEachIsThereOnce()
    {
        var results = await OpenAsync();
        for (var number = 0; number < 10; number++)
        {
            // Two at the same moment are told apart by their ids.
            await results.AddAsync(AJob($"j{number}", s_start.AddSeconds(number / 2)), Cancelled);
        }

        var ids = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await results.ListAsync(new ResultFilter(), cursor, 3, Cancelled);
            ids.AddRange(page.Records.Select(record => record.Job.Id));
            if ((cursor = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal(["j9", "j8", "j7", "j6", "j5", "j4", "j3", "j2", "j1", "j0"], ids);
    }

    [Fact]
    public async Task ListedByStatusContentAndTime_OnlyThoseAreThere()
    {
        var results = await OpenAsync();
        for (var number = 0; number < 6; number++)
        {
            var job = AJob($"j{number}", s_start.AddHours(number));
            await results.AddAsync(job, Cancelled);
            if (number % 2 == 0)
            {
                await results.FinishAsync(job, Infected(s_start), Cancelled);
            }
        }

        Assert.Equal(["j5", "j3", "j1"], await ListAsync(results, new ResultFilter(JobStatus.Pending)));
        Assert.Equal(["j4", "j2", "j0"], await ListAsync(results, new ResultFilter(Sha256: Sha256)));
        Assert.Equal(["j5", "j4"], await ListAsync(results, new ResultFilter(Since: s_start.AddHours(4))));
        Assert.Equal(["j1", "j0"], await ListAsync(results, new ResultFilter(Until: s_start.AddHours(2))));
        Assert.Equal(["j4"], await ListAsync(results, new ResultFilter(JobStatus.Infected, Sha256, s_start.AddHours(3))));
        Assert.Empty(await ListAsync(results, new ResultFilter(JobStatus.Clean)));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("_j1")]
    [InlineData("-1_j1")]
    public async Task CursorThatIsNoneOfOurs_IsRefused(string cursor)
    {
        var results = await OpenAsync();

        await Assert.ThrowsAsync<FormatException>(() => results.ListAsync(new ResultFilter(), cursor, 3, Cancelled));
    }

    public abstract ValueTask DisposeAsync();

    private protected abstract Task<IResultStore> OpenAsync();

    /// <summary>Opens the same results as another process would.</summary>
    private protected abstract Task<IResultStore> OpenAnotherAsync();

    private static async Task<IEnumerable<string>> ListAsync(IResultStore results, ResultFilter filter) =>
        (await results.ListAsync(filter, null, 100, Cancelled)).Records.Select(record => record.Job.Id);

    private static Job AJob(string id, DateTimeOffset? acceptedAt = null) =>
        new(id, "objects", $"{id}_file", "file", JobPriority.Normal, acceptedAt ?? s_start);

    private static JobOutcome Infected(DateTimeOffset at) => new(JobStatus.Infected, at, "quarantine/a_file")
    {
        Signature = "Eicar-Test-Signature",
        Details = "why",
        Sha256 = Sha256,
        Size = 68,
        ScanTime = TimeSpan.FromMilliseconds(12),
        WorkTime = TimeSpan.FromMilliseconds(15),
        Worker = "host-1/worker-1",
        Engine = "ClamAV 1.4.6",
    };
}
