using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteJobQueueTests : SharedQueueConformance
{
    private readonly TempFolder _folder = new();
    private readonly List<SqliteDatabase> _open = [];

    [Fact]
    public async Task ProcessEnds_WhatWasAddedIsThere()
    {
        await (await OpenAsync()).AddAsync(AJob("a"), TestContext.Current.CancellationToken);
        _open.ForEach(database => database.Dispose());

        var queue = await OpenAsync();

        Assert.Equal("a", (await queue.TakeAsync(TimeSpan.Zero, TestContext.Current.CancellationToken))!.Job.Id);
    }

    [Fact]
    public async Task FileIsNoDatabase_SaysSo()
    {
        await File.WriteAllTextAsync(_folder.File("jobs.db"), new string('x', 5000), TestContext.Current.CancellationToken);

        var thrown = await Assert.ThrowsAsync<JobStoreException>(OpenAsync);

        Assert.Contains("jobs.db", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_FailsAsAStoreDoes()
    {
        var queue = await OpenAsync();
        _open.ForEach(database => database.Dispose());

        await Assert.ThrowsAsync<JobStoreException>(() => queue.AddAsync(AJob("a"), TestContext.Current.CancellationToken));
    }

    public override ValueTask DisposeAsync()
    {
        _open.ForEach(database => database.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<IJobQueue> OpenAsync()
    {
        try
        {
            var database = new SqliteDatabase(_folder.File("jobs.db"), SqliteJobQueue.Schema);
            _open.Add(database);
            return Task.FromResult<IJobQueue>(new SqliteJobQueue(database, Options, Clock));
        }
        catch (JobStoreException e)
        {
            return Task.FromException<IJobQueue>(e);
        }
    }

    private protected override Task<IJobQueue> OpenAnotherAsync() => OpenAsync();
}
