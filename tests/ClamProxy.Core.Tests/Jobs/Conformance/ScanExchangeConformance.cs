using ClamProxy.Core.Jobs.Doors;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Conformance;

/// <summary>What doors and workers tell each other, whatever lies between them. Each inherits this and says how to open it.</summary>
public abstract class ScanExchangeConformance : IAsyncDisposable
{
    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(30);

    private protected ShiftedTimeProvider Clock { get; } = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_ReachesWhoAskedOnceAndNobodyElse()
    {
        var (worker, door) = (await OpenAsync(), await OpenAsync());
        var answer = AnAnswer("a") with { Verdict = "{\"verdict\":\"clean\"}", QueueSeconds = 0.5, WorkSeconds = 1, ScanSeconds = 0.25 };

        await worker.AnswerAsync("door", answer, s_life, Cancelled);

        Assert.Empty(await door.TakeAnswersAsync("another door", TimeSpan.Zero, Cancelled));
        Assert.Equal(answer, Assert.Single(await door.TakeAnswersAsync("door", TimeSpan.Zero, Cancelled)));
        Assert.Empty(await door.TakeAnswersAsync("door", TimeSpan.Zero, Cancelled));
    }

    [Fact]
    public async Task AnsweredWhileTheDoorWaits_IsTakenAtOnce()
    {
        var (worker, door) = (await OpenAsync(), await OpenAsync());
        var waiting = door.TakeAnswersAsync("door", Limit, Cancelled);

        await worker.AnswerAsync("door", AnAnswer("a"), s_life, Cancelled);

        Assert.Equal("a", Assert.Single(await waiting.WaitAsync(Limit, Cancelled)).Id);
    }

    [Fact]
    public async Task ManyAnswers_AllArrive()
    {
        var (worker, door) = (await OpenAsync(), await OpenAsync());
        await Task.WhenAll(Enumerable.Range(0, 250).Select(number => worker.AnswerAsync("door", AnAnswer($"{number}"), s_life, Cancelled)));

        var ids = new HashSet<string>();
        while (ids.Count < 250)
        {
            var some = await door.TakeAnswersAsync("door", TimeSpan.Zero, Cancelled);
            Assert.NotEmpty(some);
            ids.UnionWith(some.Select(answer => answer.Id));
        }
    }

    [Fact]
    public async Task Workers_AreKnownWhileTheySaySo()
    {
        var (worker, door) = (await OpenAsync(), await OpenAsync());
        Assert.Empty(await door.WorkersAsync(Cancelled));
        await worker.ReportAsync(AReport("one") with { Database = 1 }, s_life, Cancelled);
        await worker.ReportAsync(AReport("one"), s_life, Cancelled);
        var bare = new WorkerReport("two", false, null, null, null, 0);
        await worker.ReportAsync(bare, s_life, Cancelled);

        Assert.Equal([AReport("one"), bare], (await door.WorkersAsync(Cancelled)).OrderBy(known => known.Name));

        await worker.ReportAsync(AReport("one"), TimeSpan.FromSeconds(1), Cancelled);
        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal([bare], await door.WorkersAsync(Cancelled));
    }

    [Fact]
    public async Task NobodyTakesAnAnswer_ItIsGoneAfterItsLife()
    {
        var (worker, door) = (await OpenAsync(), await OpenAsync());
        await worker.AnswerAsync("door", AnAnswer("a"), TimeSpan.FromSeconds(1), Cancelled);

        await PassAsync(TimeSpan.FromSeconds(2));
        await worker.SweepAsync(Cancelled);

        Assert.Empty(await door.TakeAnswersAsync("door", TimeSpan.Zero, Cancelled));
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens it as another process would.</summary>
    private protected abstract Task<IScanExchange> OpenAsync();

    /// <summary>Lets time pass, for what lies between too.</summary>
    private protected virtual Task PassAsync(TimeSpan by)
    {
        Clock.Advance(by);
        return Task.CompletedTask;
    }

    private static WorkerReport AReport(string name) =>
        new(name, true, "1.4.6", 27826, new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero), 17);

    private static ScanAnswer AnAnswer(string id) => new(id, AReport("worker"));
}
