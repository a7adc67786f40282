using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;

namespace ClamProxy.Core.Tests.Jobs.Conformance;

/// <summary>
/// What a queue does besides of which every process sees all: it counts what no worker has, and takes scans for which doors of other
/// processes wait (SCAN_BY=workers).
/// </summary>
public abstract class SharedQueueConformance : JobQueueConformance
{
    [Fact]
    public async Task Waiting_SaysWhatNoWorkerHasByPriority()
    {
        var queue = await OpenAsync();
        Assert.All(await queue.WaitingAsync(Cancelled), none => Assert.Equal((0, null), (none.Jobs, none.OldestAt)));
        var (first, high) = (AJob("n0"), AJob("h0", JobPriority.High));
        await queue.AddAsync(first, Cancelled);
        Clock.Advance(TimeSpan.FromSeconds(5));
        var second = AJob("n1");
        await queue.AddAsync(second, Cancelled);
        await queue.AddAsync(high, Cancelled);

        Assert.Equal([(2, first.AcceptedAt), (1, high.AcceptedAt)], await WaitingAsync(queue));

        var taken = new List<TakenJob> { (await TakeAsync(queue))!, (await TakeAsync(queue))!, (await TakeAsync(queue))! };
        Assert.Equal([(0, null), (0, null)], await WaitingAsync(queue));

        // One that is given back waits again, whether or not it rests; one that is done does not.
        await queue.ReturnAsync(taken.Single(one => one.Job.Id == "n1"), TimeSpan.FromHours(1), Cancelled);
        await queue.ReturnAsync(taken.Single(one => one.Job.Id == "h0"), TimeSpan.FromHours(1), Cancelled);
        await queue.CompleteAsync(taken.Single(one => one.Job.Id == "n0"), Cancelled);
        Assert.Equal([(1, second.AcceptedAt), (1, high.AcceptedAt)], await WaitingAsync(queue));
    }

    [Fact]
    public async Task ScanOfADoor_IsTakenWordForWord()
    {
        var queue = await OpenAsync();
        var scan = AScan("a");

        await queue.AddAsync(scan, Cancelled);

        Assert.Equal(scan, (await TakeAsync(queue))!.Job);
    }

    [Fact]
    public async Task DoorWaitsNoMore_ItsScanIsGoneWhetherItWaitsOrIsWorkedOn()
    {
        var queue = await OpenAsync();
        var (taken, waiting) = (AScan("a"), AScan("b"));
        await queue.AddAsync(taken, Cancelled);
        var first = (await TakeAsync(queue))!;
        await queue.AddAsync(waiting, Cancelled);
        await queue.AddAsync(AJob("c"), Cancelled);

        await queue.RemoveAsync(taken, Cancelled);
        await queue.RemoveAsync(waiting, Cancelled);

        Assert.False(await queue.RenewAsync(first, Cancelled));
        Assert.Equal(1, (await queue.StateAsync(Cancelled)).Jobs);
        Assert.Equal("c", IdOf(await TakeAsync(queue)));
        Assert.Null(await TakeAsync(queue));
        await queue.RemoveAsync(AScan("never there"), Cancelled);
    }

    [Fact]
    public async Task DoorsProcessDied_ItsScansAreRemovedAfterTheirDeadlineAndNothingElseIs()
    {
        var queue = await OpenAsync();
        await queue.AddAsync(AScan("a"), Cancelled);
        await queue.AddAsync(AScan("b"), Cancelled);
        await queue.AddAsync(AJob("c"), Cancelled);
        await queue.CompleteAsync((await TakeAsync(queue))!, Cancelled);

        Assert.Equal(0, await queue.RemoveOverdueAsync(Clock.GetUtcNow(), Cancelled));
        Assert.Equal(1, await queue.RemoveOverdueAsync(Clock.GetUtcNow() + TimeSpan.FromMinutes(3), Cancelled));

        Assert.Equal(1, (await queue.StateAsync(Cancelled)).Jobs);
        Assert.Equal("c", IdOf(await TakeAsync(queue)));
    }

    private static async Task<IEnumerable<(long, DateTimeOffset?)>> WaitingAsync(IJobQueue queue) =>
        (await queue.WaitingAsync(Cancelled)).OrderBy(waiting => waiting.Priority).Select(waiting => (waiting.Jobs, waiting.OldestAt));

    private Job AScan(string id) => AJob(id) with
    {
        Door = new DoorScan("door", (Clock.GetUtcNow() + TimeSpan.FromMinutes(2)).ToUnixTimeMilliseconds(), true, false),
    };
}
