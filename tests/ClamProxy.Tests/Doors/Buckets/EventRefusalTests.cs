using ClamProxy.TestKit;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Tests.Doors.Buckets;

/// <summary><c>POST /events</c> where a message cannot be stored: its sender is told to try again, and nothing is lost.</summary>
public sealed class EventRefusalTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly byte[] Fine = [.. "fine"u8];

    private BucketRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await BucketRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task AsManyWaitAsMay_Is503UntilOneIsDone()
    {
        await using var world = await ProxyWorld.StartAsync(
            _rig.Settings("--ClamProxy:Events:MaxWaiting=1", "--ClamProxy:Events:RetryAfter=7s"));
        var (scanning, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        await _rig.PutAsync(world, "first", new FakeS3Object(Fine));
        await scanning.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        _rig.Store.Put(BucketRig.Untrusted, "second", new FakeS3Object(Fine));

        var refused = await BucketRig.TellAsync(world, "second");
        finish.SetResult();
        await world.WaitForMetricAsync("clamproxy_buckets_messages_total", 1);
        var taken = await BucketRig.TellAsync(world, "second");

        Assert.Equal((503, "urn:clamproxy:problem:too-busy", "7"), (refused.Status, refused.Problem("type"), refused["Retry-After"]));
        Assert.Equal(202, taken.Status);
        await world.WaitForMetricAsync("clamproxy_buckets_messages_total", 2);
        Assert.Equal(["first", "second"], _rig.Store.Keys(BucketRig.Clean));
    }

    [Fact]
    public async Task StoreOfEventsFails_Is503UntilItWorks()
    {
        await using var world = await ProxyWorld.StartAsync(_rig.Settings());
        _rig.Store.Put(BucketRig.Untrusted, "file", new FakeS3Object(Fine));
        await SqlAsync("ALTER TABLE events RENAME TO lost");

        var refused = await BucketRig.TellAsync(world, "file");
        await SqlAsync("ALTER TABLE lost RENAME TO events");
        var taken = await BucketRig.TellAsync(world, "file");

        Assert.Equal((503, "urn:clamproxy:problem:jobs-unavailable"), (refused.Status, refused.Problem("type")));
        Assert.Equal("The event could not be stored.", refused.Problem("detail"));
        Assert.NotNull(refused["Retry-After"]);
        Assert.Equal(202, taken.Status);
        await world.WaitForMetricAsync("clamproxy_buckets_messages_total", 1);
        Assert.Equal(["file"], _rig.Store.Keys(BucketRig.Clean));
    }

    private async Task SqlAsync(string sql)
    {
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(_rig.Data.Path, "events.db"), Pooling = false };
        await using var connection = new SqliteConnection(file.ToString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
