using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

/// <summary>What a door's process leaves that is killed while it waits for a worker.</summary>
public sealed class DoorScanSweepTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DoorWasKilled_ContentAndJobStayUntilTheDeadlineAndAreGoneThen()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await LeftAsync(rig);

        await rig.Sweep.SweepAsync(Cancelled);
        Assert.NotNull(await rig.ContentAsync(job.Key));
        Assert.Equal(1, (await rig.Stores.Queue.StateAsync(Cancelled)).Jobs);

        rig.Clock.Advance(TimeSpan.FromMinutes(4));
        await rig.Sweep.SweepAsync(Cancelled);
        Assert.Null(await rig.ContentAsync(job.Key));
        Assert.Equal(0, (await rig.Stores.Queue.StateAsync(Cancelled)).Jobs);
    }

    [Fact]
    public async Task WorkerTakesItAfterItsDeadline_ItIsDroppedUnscanned()
    {
        await using var door = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        await LeftAsync(door, until: -1);

        await using var rig = await JobRig.StartAsync(_folder.Path);
        await rig.IdleAsync();

        Assert.Empty(rig.Clamd.Contents);
    }

    private static async Task<Job> LeftAsync(JobRig rig, int until = 120)
    {
        var now = rig.Clock.GetUtcNow();
        var deadline = (now + TimeSpan.FromSeconds(until)).ToUnixTimeMilliseconds();
        var id = Guid.CreateVersion7(now).ToString();
        var upload = await rig.AcceptedAsync([1, 2, 3]);
        var job = new Job(id, upload.Bucket, DoorScan.KeyOf(id, deadline), "content", JobPriority.Normal, now)
        {
            Door = new DoorScan("killed", deadline, true, true),
        };
        await rig.Stores.Objects.MoveAsync(upload.Key, job.Key, null, Cancelled);
        await rig.Stores.Queue.CompleteAsync((await rig.Stores.Queue.TakeAsync(TimeSpan.Zero, Cancelled))!, Cancelled);
        await rig.Stores.Queue.AddAsync(job, Cancelled);
        return job;
    }
}
