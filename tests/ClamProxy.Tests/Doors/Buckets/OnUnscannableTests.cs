using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Buckets;

/// <summary>What becomes of objects that could not be scanned as a whole, where a flow says it for these alone.</summary>
public sealed class OnUnscannableTests : IAsyncLifetime
{
    private const string Key = "a/file.zip";

    private BucketRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await BucketRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("move", false, true, null)]
    [InlineData("copy", true, true, null)]
    [InlineData("tag", true, false, "unscannable")]
    [InlineData("leave", true, false, null)]
    public async Task UnscannableObject_GoesAsOnUnscannableSaysAndOthersAsAction(
        string action, bool stays, bool isPlaced, string? status)
    {
        await using var world = await ProxyWorld.StartAsync(
            _rig.Settings(BucketRig.Of("Action", action == "move" ? "copy" : "move"), BucketRig.Of("OnUnscannable", action)));
        world.Clamd.OnContent = (connection, content) => connection.ReplyAsync(
            content.Length < 10 ? "stream: Eicar-Signature FOUND\0" : "stream: Heuristics.Encrypted.Zip FOUND\0");

        await _rig.PutAsync(world, Key, new FakeS3Object(RandomBody.Of(100)) { Tags = new Dictionary<string, string> { ["a"] = "b" } });
        await _rig.PutAsync(world, "other", new FakeS3Object([1, 2, 3]));
        await world.WaitForMetricAsync("clamproxy_buckets_messages_total", 2);

        var left = _rig.Store.Find(BucketRig.Untrusted, Key);
        Assert.Equal(stays, left is not null);
        Assert.Equal(status, left?.Tags.GetValueOrDefault("scan-status"));
        Assert.Equal(left is null ? null : "b", left?.Tags["a"]);
        string[] placed = isPlaced ? [Key, $"{Key}.report.json"] : [];
        Assert.Equal([.. placed, "other", "other.report.json"], _rig.Store.Keys(BucketRig.Quarantine));
        Assert.Empty(_rig.Store.Keys(BucketRig.Clean));
        Assert.Equal(action == "move", _rig.Store.Find(BucketRig.Untrusted, "other") is not null);
    }
}
