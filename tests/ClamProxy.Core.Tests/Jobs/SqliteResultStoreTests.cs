using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteResultStoreTests : ResultStoreConformance
{
    private readonly SqliteJobs _jobs = new();

    [Fact]
    public async Task DamagedRow_FailsAloneAndNotWhatIsAskedBesideIt()
    {
        var database = Open();
        var results = new SqliteResultStore(database);
        var cancelled = TestContext.Current.CancellationToken;
        var good = new Job("good", "objects", "good_file", "file", JobPriority.Normal, DateTimeOffset.UnixEpoch);
        await results.AddAsync(good, cancelled);
        await database.RunAsync(
            step => step.Command("INSERT INTO results(id, job, status, accepted) VALUES('bad', '{', 0, 0)").ExecuteNonQuery(), cancelled);

        var (asked, other) = (results.FindAsync("bad", cancelled), results.FindAsync("good", cancelled));

        await Assert.ThrowsAsync<JobStoreException>(() => asked);
        Assert.Equal(good, (await other)!.Job);
    }

    [Fact]
    public async Task AnotherProcessWrites_ResultsAreReadMeanwhile()
    {
        var store = await OpenAsync();
        var job = new Job("a", "objects", "a_file", "file", JobPriority.Normal, DateTimeOffset.UnixEpoch);
        await store.AddAsync(job, TestContext.Current.CancellationToken);
        await using var other = new SqliteConnection($"Data Source={_jobs.File};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var writing = other.BeginTransaction(deferred: false);

        // A read that needed the lock would fail when its wait for the lock is over.
        var found = await store.FindAsync("a", TestContext.Current.CancellationToken);

        Assert.Equal(job, found?.Job);
    }

    public override ValueTask DisposeAsync()
    {
        _jobs.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<IResultStore> OpenAsync() => Task.FromResult<IResultStore>(new SqliteResultStore(Open()));

    private protected override Task<IResultStore> OpenAnotherAsync() => OpenAsync();

    private SqliteDatabase Open() => _jobs.Open(SqliteResultStore.Schema);
}
