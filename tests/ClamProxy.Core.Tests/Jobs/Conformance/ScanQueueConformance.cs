using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;

namespace ClamProxy.Core.Tests.Jobs.Conformance;

/// <summary>What a queue does besides that takes scans for which doors of other processes wait (SCAN_BY=workers).</summary>
public abstract class ScanQueueConformance : JobQueueConformance
{
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

    private Job AScan(string id) => AJob(id) with
    {
        Door = new DoorScan("door", (Clock.GetUtcNow() + TimeSpan.FromMinutes(2)).ToUnixTimeMilliseconds(), true, false),
    };
}
