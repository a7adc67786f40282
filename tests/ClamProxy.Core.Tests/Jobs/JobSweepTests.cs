using ClamProxy.Core.Jobs;
using ClamProxy.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class JobSweepTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OverItsLife_ResultAndContentAreGone()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var job = await rig.AcceptedAsync([1, 2, 3]);
        await rig.OutcomeAsync(job);
        await rig.IdleAsync();

        await rig.Sweep.SweepAsync(Cancelled);
        Assert.NotNull(await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));

        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(1));
        await rig.Sweep.SweepAsync(Cancelled);
        Assert.Null(await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "objects"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task StillPendingOverItsLife_IsKept()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await rig.AcceptedAsync([1, 2, 3]);

        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(10));
        await rig.Sweep.SweepAsync(Cancelled);

        Assert.NotNull(await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));
        Assert.NotNull(await rig.ContentAsync(job.Key));
    }

    [Fact]
    public async Task ProcessDiedBeforeItQueuedTheJob_ItIsQueuedAgainAndDone()
    {
        await using var dying = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await dying.AcceptedAsync([1, 2, 3]);
        await dying.Stores.Queue.CompleteAsync((await dying.Stores.Queue.TakeAsync(TimeSpan.Zero, Cancelled))!, Cancelled);

        await using var rig = await JobRig.StartAsync(_folder.Path);
        rig.Clock.Advance(TimeSpan.FromMinutes(6));
        await rig.Sweep.SweepAsync(Cancelled);

        Assert.Equal(JobStatus.Clean, (await rig.OutcomeAsync(job)).Status);
    }

    [Fact]
    public async Task ProcessDiedBeforeTheJobWasKnown_ItsContentIsRemovedInTheEndAndForeignFilesAreNot()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var objects = Path.Combine(_folder.Path, "objects");
        Directory.CreateDirectory(objects);
        var stray = Path.Combine(objects, $"{Guid.CreateVersion7()}_file");
        await File.WriteAllTextAsync(stray, "x", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(objects, "README_of_mine"), "x", Cancelled);

        await rig.Sweep.SweepAsync(Cancelled);
        Assert.True(File.Exists(stray));

        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(10));
        await rig.Sweep.SweepAsync(Cancelled);
        Assert.Equal("README_of_mine", Path.GetFileName(Assert.Single(Directory.GetFiles(objects))));
    }

    [Fact]
    public async Task MorePendingThanAPageBeforeAnEndedOne_TheEndedOneIsRemoved()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var ended = await rig.AcceptedAsync([1, 2, 3]);
        await rig.Stores.Results.FinishAsync(
            ended, new JobOutcome(JobStatus.Clean, rig.Clock.GetUtcNow(), $"processed/{ended.Id}_file"), Cancelled);
        await Task.WhenAll(Enumerable.Range(0, 501).Select(number => rig.Stores.Results.AddAsync(
            ended with { Id = $"{number}", AcceptedAt = ended.AcceptedAt.AddSeconds(1) }, Cancelled)));

        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(1));
        await rig.Sweep.SweepAsync(Cancelled);

        Assert.Null(await rig.Results.FindAsync(ended.Id, TimeSpan.Zero, Cancelled));
    }

    [Fact]
    public async Task SweepFails_ItIsTriedAgainAfterSeconds()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var job = await rig.AcceptedAsync([1, 2, 3]);
        await rig.OutcomeAsync(job);
        var clock = new FakeTimeProvider(rig.Clock.GetUtcNow() + rig.Options.KeepFor + TimeSpan.FromMinutes(1));
        using var sweep = rig.SweepBy(clock);
        await DoInDatabaseAsync("ALTER TABLE results RENAME TO lost");
        await sweep.StartAsync(Cancelled);
        using var limit = new CancellationTokenSource(JobRig.Limit);
        await rig.Log.Collector.UntilLoggedAsync(5608, limit.Token);

        await DoInDatabaseAsync("ALTER TABLE lost RENAME TO results");
        for (var seconds = 0; await rig.Results.FindAsync(job.Id, TimeSpan.Zero, limit.Token) is not null; seconds++)
        {
            clock.Advance(TimeSpan.FromSeconds(seconds < 60 ? 1 : 0));
            await Task.Delay(5, limit.Token);
        }

        await sweep.StopAsync(Cancelled);
    }

    /// <summary>Where each machine has results of its own (Kafka), another one's pending job is in the queue alone.</summary>
    [Fact]
    public async Task JobIsKnownToTheQueueAlone_ItsContentIsKeptWhileItWaits()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await rig.AcceptedAsync([1, 2, 3]);
        await rig.Stores.Results.DeleteAsync(job.Id, Cancelled);

        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(10));
        await rig.Sweep.SweepAsync(Cancelled);

        Assert.NotNull(await rig.ContentAsync(job.Key));
    }

    [Fact]
    public async Task ResultThatCannotBeRead_KeepsNothingElseFromItsEnd()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var job = await rig.AcceptedAsync([1, 2, 3]);
        await rig.OutcomeAsync(job);
        await rig.IdleAsync();
        var torn = Guid.CreateVersion7();
        await DoInDatabaseAsync(
            $"INSERT INTO results(id, job, outcome, status, accepted) VALUES('{torn}', '{{\"Id\":', '{{', 1, 0); "
            + $"INSERT INTO jobs(id, job, priority, accepted, due) VALUES('{torn}', '{{\"Id\":', 0, 0, 0)");

        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "objects", $"{torn}_file"), "x", Cancelled);
        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(10));
        await rig.Sweep.SweepAsync(Cancelled);

        Assert.Null(await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));
        await Assert.ThrowsAsync<JobStoreException>(() => rig.Results.FindAsync($"{torn}", TimeSpan.Zero, Cancelled));
        Assert.Empty((await rig.Results.ListAsync(new ResultFilter(), null, 10, Cancelled)).Records);
    }

    public void Dispose() => _folder.Dispose();

    private async Task DoInDatabaseAsync(string text)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "jobs.db")};Pooling=False");
        await database.OpenAsync(Cancelled);
        await using var command = database.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
