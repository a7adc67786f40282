using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class JobWorkersTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _content = RandomBody.Of(300_000);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clean_EndsCleanAndLiesAmongTheClean()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);

        var job = await rig.AcceptedAsync(_content, "report.pdf");
        var outcome = await rig.OutcomeAsync(job);
        await rig.IdleAsync();

        Assert.Equal((JobStatus.Clean, (long?)_content.Length, "report.pdf"), (outcome.Status, outcome.Size, job.Name));
        Assert.Equal($"processed/{job.Id}_report.pdf", outcome.Key);
        Assert.Equal(_content, await rig.ContentAsync(outcome.Key));
        Assert.Null(await rig.ContentAsync(job.Key));
        Assert.Equal(_content, Assert.Single(rig.Clamd.Contents));
    }

    /// <summary>Its worker was killed before the queue was told, and no other took it while its result was kept.</summary>
    [Fact]
    public async Task ComesAgainAfterItsLife_HasNoSecondResult()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var job = await rig.AcceptedAsync(_content);
        await rig.OutcomeAsync(job);
        await rig.IdleAsync();
        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(1));
        await rig.Sweep.SweepAsync(Cancelled);

        await rig.Work.RunAsync(new TakenJob(job, 1, "lease") { MayBeUnknown = true }, "worker", Cancelled);

        Assert.Null(await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));
    }

    /// <summary>Workers were away for longer than results are kept.</summary>
    [Fact]
    public async Task WaitedLongerThanItsLife_IsScanned()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await rig.AcceptedAsync(_content);
        await rig.Stores.Results.DeleteAsync(job.Id, Cancelled);
        rig.Clock.Advance(rig.Options.KeepFor + TimeSpan.FromMinutes(1));

        await rig.Work.RunAsync(new TakenJob(job, 1, "lease") { MayBeUnknown = true }, "worker", Cancelled);

        Assert.Equal(JobStatus.Clean, (await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled))!.Status);
    }

    [Fact]
    public async Task Infected_EndsInfectedAndLiesInQuarantine()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);

        var job = await rig.AcceptedAsync([.. Eicar.Bytes]);
        var outcome = await rig.OutcomeAsync(job);
        await rig.IdleAsync();

        Assert.Equal((JobStatus.Infected, "Eicar-Test-Signature"), (outcome.Status, outcome.Signature));
        Assert.Equal($"quarantine/{job.Id}_file", outcome.Key);
        Assert.NotNull(await rig.ContentAsync(outcome.Key));
    }

    [Fact]
    public async Task Unscannable_EndsSoAndSaysWhy()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Heuristics.Encrypted.Zip FOUND\0");

        var outcome = await rig.OutcomeAsync(await rig.AcceptedAsync(_content));

        Assert.Equal(JobStatus.Unscannable, outcome.Status);
        Assert.NotNull(outcome.Details);
    }

    [Fact]
    public async Task KnownContent_IsNotScannedAgain()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);

        await rig.OutcomeAsync(await rig.AcceptedAsync(_content, "a"));
        var outcome = await rig.OutcomeAsync(await rig.AcceptedAsync(_content, "b"));

        Assert.Equal((JobStatus.Clean, TimeSpan.Zero), (outcome.Status, outcome.ScanTime));
        Assert.Single(rig.Clamd.Contents);
    }

    [Fact]
    public async Task ScannerCutsEachReply_EndsAsErrorAfterItsTriesAndStaysVisible()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: O");

        var job = await rig.AcceptedAsync(_content);
        var outcome = await rig.OutcomeAsync(job);
        await rig.IdleAsync();

        Assert.Equal(JobStatus.Error, outcome.Status);
        Assert.NotNull(outcome.Details);
        Assert.Equal(_content, await rig.ContentAsync($"quarantine/{job.Id}_file"));
    }

    [Fact]
    public async Task ScannerFailsOnce_TheJobEndsClean()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var scans = 0;
        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Interlocked.Increment(ref scans) <= 2 ? "" : "stream: OK\0");

        Assert.Equal(JobStatus.Clean, (await rig.OutcomeAsync(await rig.AcceptedAsync(_content))).Status);
    }

    [Fact]
    public async Task ContentIsGone_EndsAsErrorAndSaysWhich()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await rig.AcceptedAsync(_content);
        await rig.Stores.Objects.DeleteAsync(job.Key, Cancelled);

        await using var other = await JobRig.StartAsync(_folder.Path);
        var outcome = await other.OutcomeAsync(job);

        Assert.Equal(JobStatus.Error, outcome.Status);
        Assert.Contains(job.Key, outcome.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerDiesWhileItScans_AnotherDoesItAndOneOutcomeIsRecorded()
    {
        await using var dying = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await dying.AcceptedAsync(_content);
        Assert.NotNull(await dying.Stores.Queue.TakeAsync(TimeSpan.Zero, Cancelled));

        await using var other = await JobRig.StartAsync(_folder.Path);
        other.Clock.Advance(other.Options.LeaseTime + TimeSpan.FromSeconds(1));

        Assert.Equal(JobStatus.Clean, (await other.OutcomeAsync(job)).Status);
        await other.IdleAsync();
    }

    [Fact]
    public async Task WorkerDiedBetweenOutcomeAndMove_AnotherMovesItAndDoesNotScan()
    {
        await using var dying = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await dying.AcceptedAsync(_content);
        Assert.NotNull(await dying.Stores.Queue.TakeAsync(TimeSpan.Zero, Cancelled));
        var outcome = new JobOutcome(JobStatus.Clean, dying.Clock.GetUtcNow(), $"processed/{job.Id}_file");
        Assert.True(await dying.Stores.Results.FinishAsync(job, outcome, Cancelled));

        await using var other = await JobRig.StartAsync(_folder.Path);
        other.Clock.Advance(other.Options.LeaseTime + TimeSpan.FromSeconds(1));
        await other.IdleAsync();

        Assert.Equal(_content, await other.ContentAsync(outcome.Key));
        Assert.Null(await other.ContentAsync(job.Key));
        Assert.Empty(other.Clamd.Contents);
    }

    [Fact]
    public async Task JobThatKillsItsWorkers_EndsAsError()
    {
        await using var dying = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await dying.AcceptedAsync(_content);
        for (var attempt = 1; attempt <= dying.Options.Attempts; attempt++)
        {
            Assert.Equal(attempt, (await dying.Stores.Queue.TakeAsync(TimeSpan.Zero, Cancelled))!.Attempt);
            dying.Clock.Advance(dying.Options.LeaseTime + TimeSpan.FromSeconds(1));
        }

        await using var other = await JobRig.StartAsync(_folder.Path);
        other.Clock.Advance((dying.Options.Attempts + 1) * dying.Options.LeaseTime);

        Assert.Equal(JobStatus.Error, (await other.OutcomeAsync(job)).Status);
        Assert.Empty(other.Clamd.Contents);
    }

    [Fact]
    public async Task ScanTakesLongerThanALease_NobodyElseTakesTheJob()
    {
        var options = new JobOptions { DataPath = _folder.Path, LeaseTime = TimeSpan.FromSeconds(9), WorkerPool = 1 };
        using var clock = new WatchedClock(options.LeaseTime / 3);
        await using var rig = await JobRig.StartAsync(_folder.Path, options, clock: clock);
        var finish = new TaskCompletionSource();
        rig.Clamd.OnContent = async (connection, _) =>
        {
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var job = await rig.AcceptedAsync(_content);

        // The worker waits for the next third when it has said for the last one that it still works.
        for (var thirds = 0; thirds < 5; thirds++)
        {
            await clock.TimerSetAsync(Cancelled).WaitAsync(JobRig.Limit, Cancelled);
            clock.Advance(options.LeaseTime / 3);
        }

        await clock.TimerSetAsync(Cancelled).WaitAsync(JobRig.Limit, Cancelled);
        Assert.Null(await rig.Stores.Queue.TakeAsync(TimeSpan.Zero, Cancelled));
        finish.SetResult();

        Assert.Equal(JobStatus.Clean, (await rig.OutcomeAsync(job).WaitAsync(JobRig.Limit, Cancelled)).Status);
        Assert.Single(rig.Clamd.Contents);
        Assert.DoesNotContain(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 5603);
    }

    [Fact]
    public async Task ProcessStopsWhileItScans_TheJobIsGivenBackAtOnce()
    {
        await using var stopping = await JobRig.StartAsync(_folder.Path);
        var (scanning, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        stopping.Clamd.OnContent = (_, _) =>
        {
            scanning.TrySetResult();
            return finish.Task;
        };
        var job = await stopping.AcceptedAsync(_content);
        await scanning.Task.WaitAsync(JobRig.Limit, Cancelled);

        await stopping.StopAsync();

        await using var other = await JobRig.StartAsync(_folder.Path);
        Assert.Equal(JobStatus.Clean, (await other.OutcomeAsync(job)).Status);
        finish.SetResult();
    }

    [Fact]
    public async Task ProcessStopsWhileItScans_NoTryIsUsed()
    {
        await using var stopping = await JobRig.StartAsync(_folder.Path);
        var (scanning, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        stopping.Clamd.OnContent = (_, _) =>
        {
            scanning.TrySetResult();
            return finish.Task;
        };
        await stopping.AcceptedAsync(_content);
        await scanning.Task.WaitAsync(JobRig.Limit, Cancelled);

        await stopping.StopAsync();
        finish.SetResult();

        await using var other = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        Assert.Equal(1, (await other.Stores.Queue.TakeAsync(JobRig.Limit, Cancelled))!.Attempt);
    }

    [Fact]
    public async Task ScannerFailsItsTest_NoJobIsTakenAndNoTryIsUsed()
    {
        var clamd = FakeClamd.OnTcp();
        clamd.FindsEicar = false;
        await using var rig = await JobRig.StartAsync(_folder.Path, clamd: clamd);

        await rig.AcceptedAsync(_content);
        await Task.Delay(300, Cancelled);

        Assert.Equal(1, (await rig.Stores.Queue.TakeAsync(JobRig.Limit, Cancelled))!.Attempt);
    }

    [Fact]
    public async Task NoScannerMayWork_NoJobIsTakenAndNoTryIsUsed()
    {
        var clamd = FakeClamd.OnTcp();
        clamd.Stop();
        await using var rig = await JobRig.StartAsync(_folder.Path, clamd: clamd);

        var job = await rig.AcceptedAsync(_content);
        await Task.Delay(300, Cancelled);

        Assert.Equal(1, (await rig.Stores.Queue.TakeAsync(JobRig.Limit, Cancelled))!.Attempt);
        Assert.Equal(JobStatus.Pending, (await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled))!.Status);
    }

    [Fact]
    public async Task DeletedBeforeItsTurn_IsNotScannedAndNothingIsLeft()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await rig.AcceptedAsync(_content);
        Assert.Null(await rig.Results.DeleteAsync((await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled))!, Cancelled));

        await using var other = await JobRig.StartAsync(_folder.Path);
        await other.IdleAsync();

        Assert.Null(await other.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));
        Assert.Empty(other.Clamd.Contents);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "objects")));
    }

    [Fact]
    public async Task DeletedWhileItIsScanned_StaysDeletedAndNothingIsLeft()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var (scanning, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var job = await rig.AcceptedAsync(_content);
        await scanning.Task.WaitAsync(JobRig.Limit, Cancelled);

        Assert.Null(await rig.Results.DeleteAsync((await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled))!, Cancelled));
        finish.SetResult();
        await rig.IdleAsync();

        Assert.Null(await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "objects"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task MovedWhileItIsDeleted_NothingIsLeft()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var job = await rig.AcceptedAsync(_content);
        await rig.OutcomeAsync(job);
        await rig.IdleAsync();

        // What a caller knew before the job ended.
        Assert.Null(await rig.Results.DeleteAsync(new JobRecord(job, null), Cancelled));

        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "objects"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task TwoKeysOfOtherProducersWithOneName_EachKeepsItsContent()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        foreach (var (id, bytes) in new[] { ("a", _content), ("b", [.. _content, 1]) })
        {
            using var content = new ContentBytes(bytes);
            var job = new Job(id, "objects", $"in/{id}/report.pdf", "report.pdf", JobPriority.Normal, rig.Clock.GetUtcNow());
            Assert.Null(await rig.Stores.Objects.PutAsync(job.Key, content, Cancelled));
            await rig.Stores.Results.AddAsync(job, Cancelled);
            await rig.Stores.Queue.AddAsync(job, Cancelled);
            Assert.Equal($"processed/in/{id}/report.pdf", (await rig.OutcomeAsync(job)).Key);
        }

        await rig.IdleAsync();

        Assert.Equal(_content, await rig.ContentAsync("processed/in/a/report.pdf"));
    }

    [Fact]
    public async Task CleanWithoutAHash_IsNotDelivered()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path, hasWorkers: false);
        var job = await rig.AcceptedAsync(_content);

        var opened = await rig.Results.OpenAsync(
            new JobRecord(job, new JobOutcome(JobStatus.Clean, rig.Clock.GetUtcNow(), job.Key)), null, Cancelled);

        Assert.Equal(
            FailureReason.ContentChanged, Assert.IsType<ClamProxy.Core.Objects.ObjectContent.Failed>(opened).Failure.Reason);
    }

    [Fact]
    public async Task QueueIsFull_RefusedAndNothingIsLeft()
    {
        await using var rig = await JobRig.StartAsync(
            _folder.Path, new JobOptions { DataPath = _folder.Path, MaxWaiting = 1 }, hasWorkers: false);
        var first = await rig.AcceptedAsync(_content);

        var refused = Assert.IsType<JobAcceptance.NotAccepted>(await rig.AcceptAsync(_content));

        Assert.Equal(FailureReason.Overloaded, refused.Failure.Reason);
        Assert.Equal(first.Key, Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "objects")))));
        Assert.Single((await rig.Results.ListAsync(new ResultFilter(), null, 10, Cancelled)).Records);
    }

    [Fact]
    public async Task KeptContentWasChanged_IsNotDelivered()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);
        var job = await rig.AcceptedAsync(_content);
        var outcome = await rig.OutcomeAsync(job);
        await rig.IdleAsync();
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "objects", outcome.Key), RandomBody.Of(_content.Length), Cancelled);

        var opened = await rig.Results.OpenAsync(new JobRecord(job, outcome), null, Cancelled);

        Assert.Equal(
            FailureReason.ContentChanged, Assert.IsType<ClamProxy.Core.Objects.ObjectContent.Failed>(opened).Failure.Reason);
    }

    public void Dispose() => _folder.Dispose();
}
