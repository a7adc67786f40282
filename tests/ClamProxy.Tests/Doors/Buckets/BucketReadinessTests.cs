using System.Diagnostics;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Buckets;

/// <summary>What /readyz says of a flow that lacks a bucket, a queue or a right.</summary>
public sealed class BucketReadinessTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private BucketRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await BucketRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("Untrusted", BucketRig.Untrusted)]
    [InlineData("Clean", BucketRig.Clean)]
    [InlineData("Quarantine", BucketRig.Quarantine)]
    public async Task BucketIsMissing_IsNamedUntilItIsThere(string place, string bucket)
    {
        _rig.Store.Refuse = asked => asked.Bucket == bucket ? (404, "NoSuchBucket") : null;
        await using var world = await ProxyWorld.StartAsync(_rig.Settings());

        await ExpectAsync(world, $"{place}: there is no bucket {bucket} at ");

        _rig.Store.Refuse = _ => null;
        await ExpectAsync(world, null);
    }

    [Fact]
    public async Task BucketMayNotBeListed_IsNamed()
    {
        _rig.Store.Refuse = asked => asked is { Bucket: BucketRig.Clean, Method: "GET" } ? (403, "AccessDenied") : null;
        await using var world = await ProxyWorld.StartAsync(_rig.Settings());

        await ExpectAsync(world, $"Clean: no right s3:ListBucket in bucket {BucketRig.Clean} at ");
    }

    [Fact]
    public async Task BucketsThatNothingIsPlacedIn_AreNotAskedFor()
    {
        _rig.Store.Refuse = asked => asked.Bucket is BucketRig.Clean or BucketRig.Quarantine ? (404, "NoSuchBucket") : null;
        await using var world = await ProxyWorld.StartAsync(_rig.Settings(BucketRig.Of("Action", "tag")));

        await ExpectAsync(world, null);
    }

    [Fact]
    public async Task RightIsMissing_IsNamedUntilAnObjectIsDone()
    {
        await using var world = await ProxyWorld.StartAsync(
            _rig.Settings(BucketRig.Of("RetryPause", "0"), BucketRig.Of("Attempts", "1000")));
        await ExpectAsync(world, null);
        _rig.Store.Refuse = asked => asked is { Bucket: BucketRig.Clean, Operation: "PutObject" } ? (403, "AccessDenied") : null;

        await _rig.PutAsync(world, "file", new FakeS3Object([.. "fine"u8]));
        await ExpectAsync(world, "no right s3:PutObject");

        _rig.Store.Refuse = _ => null;
        await ExpectAsync(world, null);
        Assert.Equal(["file"], _rig.Store.Keys(BucketRig.Clean));
    }

    [Fact]
    public async Task QueueCannotBeReached_IsNamedBesideTheBucket()
    {
        _rig.Store.Refuse = asked => asked.Bucket == BucketRig.Clean ? (404, "NoSuchBucket") : null;
        var queue = $"http://127.0.0.1:{FreePort.Next()}/0/events";
        string[] ofWebhook = [BucketRig.Of("Source", ""), BucketRig.Of("Token", "")];
        var settings = _rig.Settings(BucketRig.Of("Queue", queue))
            .Where(setting => !ofWebhook.Any(one => setting.StartsWith(one, StringComparison.Ordinal)));
        await using var world = await ProxyWorld.StartAsync([.. settings]);

        await ExpectAsync(world, $"queue {queue} cannot be reached");
        await ExpectAsync(world, $"Clean: there is no bucket {BucketRig.Clean} at ");
    }

    /// <param name="words">What the problem has to say; null: there is to be none.</param>
    private static async Task ExpectAsync(ProxyWorld world, string? words)
    {
        var waited = Stopwatch.StartNew();
        string? problem;
        while (!IsExpected(problem = await ProblemAsync(world), words))
        {
            Assert.True(waited.Elapsed < Limit, $"waited {Limit} for {words ?? "no problem"}, there is {problem ?? "none"}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsExpected(string? problem, string? words) =>
        words is null ? problem is null : problem?.Contains(words, StringComparison.Ordinal) is true;

    private static async Task<string?> ProblemAsync(ProxyWorld world)
    {
        var json = await world.Management.GetByteArrayAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        var flow = Assert.Single(JsonSerializer.Deserialize<JsonElement>(json).GetProperty("buckets").EnumerateArray());
        Assert.Equal(BucketRig.Flow, flow.GetProperty("flow").GetString());
        return flow.GetProperty("problem").GetString();
    }
}
