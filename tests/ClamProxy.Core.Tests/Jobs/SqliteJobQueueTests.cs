using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteJobQueueTests : SharedQueueConformance
{
    private readonly SqliteJobs _jobs = new();

    [Fact]
    public async Task ProcessEnds_WhatWasAddedIsThere()
    {
        await (await OpenAsync()).AddAsync(AJob("a"), TestContext.Current.CancellationToken);
        _jobs.Close();

        var queue = await OpenAsync();

        Assert.Equal("a", (await queue.TakeAsync(TimeSpan.Zero, TestContext.Current.CancellationToken))!.Job.Id);
    }

    [Fact]
    public async Task FileIsNoDatabase_SaysSo()
    {
        await File.WriteAllTextAsync(_jobs.File, new string('x', 5000), TestContext.Current.CancellationToken);

        var thrown = await Assert.ThrowsAsync<JobStoreException>(OpenAsync);

        Assert.Contains("jobs.db", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_FailsAsAStoreDoes()
    {
        var queue = await OpenAsync();
        _jobs.Close();

        await Assert.ThrowsAsync<JobStoreException>(() => queue.AddAsync(AJob("a"), TestContext.Current.CancellationToken));
    }

    public override ValueTask DisposeAsync()
    {
        _jobs.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<IJobQueue> OpenAsync()
    {
        try
        {
            return Task.FromResult<IJobQueue>(new SqliteJobQueue(_jobs.Open(SqliteJobQueue.Schema), Options, Clock));
        }
        catch (JobStoreException e)
        {
            return Task.FromException<IJobQueue>(e);
        }
    }

    private protected override Task<IJobQueue> OpenAnotherAsync() => OpenAsync();
}
