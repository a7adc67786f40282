using System.Text;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Overview;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>A store that does not know conditional requests is found at the start, and the flow does without them.</summary>
public sealed class BucketConditionTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Key = "a/file.txt";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BucketAction.Move, false, "", "")]
    [InlineData(BucketAction.Move, false, "If-Match If-None-Match", "5809 5830")]
    [InlineData(BucketAction.Move, true, "If-Match If-None-Match", "5830")]
    [InlineData(BucketAction.Move, false, "If-None-Match", "5830")]
    [InlineData(BucketAction.Copy, false, "If-Match If-None-Match", "5830")]
    [InlineData(BucketAction.Copy, false, "", "")]
    public async Task ConditionsThatAStoreIgnores_AreFoundAndLogged(BucketAction action, bool hasVersions, string drops, string events)
    {
        await using var rig = await FlowRig.StartAsync(moto.Server, hasVersions);
        await rig.StartHostAsync();

        var (_, log) = await ProbeAsync(rig, action, drops);

        Assert.Equal(events, string.Join(' ', log.GetSnapshot().Select(line => line.Id.Id).Order()));
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Empty((await rig.Client.ListVersionsAsync(rig.Untrusted, Cancelled)).Versions ?? []);
        Assert.Empty(await rig.KeysAsync(rig.Quarantine));
    }

    [Theory]
    [InlineData(false, "", true, true)]
    [InlineData(true, "", true, false)]
    [InlineData(false, "If-Match", false, false)]
    [InlineData(false, "If-None-Match", true, false)]
    public async Task ConditionsThatAreProven_AreReliedOnWhereTheCleanBucketKeepsNoVersions(
        bool isCleanVersioned, string drops, bool isDeletionProven, bool isPutProven)
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync();
        if (isCleanVersioned)
        {
            await rig.KeepVersionsAsync(rig.Clean);
        }

        var (flow, _) = await ProbeAsync(rig, BucketAction.Move, drops);

        Assert.Equal((isDeletionProven, isPutProven), (flow.Conditions?.OnDeletions, flow.Conditions?.OnNewKeys));
        Assert.Empty((await rig.Client.ListVersionsAsync(rig.Clean, Cancelled)).Versions ?? []);
    }

    [Fact]
    public async Task StoreThatLooksAtConditions_IsAskedNothingThatTheyAnswer()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync();
        await rig.PutAsync(Key, [.. "fine"u8]);
        var asked = new List<string>();
        var flow = rig.Open(before: request => asked.Add(request.GetType().Name));
        flow.Conditions = StoreConditions.All;

        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key), Cancelled));

        Assert.Equal(
            ["GetObjectMetadataRequest", "GetObjectRequest", "GetObjectTaggingRequest", "PutObjectRequest", "DeleteObjectRequest"], asked);
        Assert.Equal([Key], await rig.KeysAsync(rig.Clean));
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
    }

    [Fact]
    public async Task StoreThatLooksAtConditions_ObjectReplacesAnOlderOneOfItsKey()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync();
        var flow = rig.Open();
        flow.Conditions = StoreConditions.All;
        foreach (var text in (string[])["fine", "newer"])
        {
            await rig.PutAsync(Key, Encoding.UTF8.GetBytes(text));
            Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key), Cancelled));
        }

        Assert.Equal("newer", Encoding.UTF8.GetString(await rig.BytesAsync(rig.Clean, Key)));
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
    }

    [Fact]
    public async Task StoreThatIgnoresConditions_KeysInQuarantineNameTheirContent()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync();
        var (flow, _) = await ProbeAsync(rig, BucketAction.Move, "If-Match If-None-Match");
        await rig.PutAsync(Key, Eicar.Bytes);

        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key), Cancelled));

        var keys = await rig.KeysAsync(rig.Quarantine);
        Assert.Matches($@"\A{Key}\.[0-9a-f]{{32}}\z", keys[0]);
        Assert.Equal([keys[0], $"{keys[0]}.report.json"], keys);
    }

    [Fact]
    public async Task StoreThatIgnoresConditionsOfCopies_KeysOfWhatItCopiesNameTheirContent()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync("--MAX_FILE_SIZE=1M");
        var (probed, _) = await ProbeAsync(rig, BucketAction.Copy, "");
        var bytes = RandomBody.Of(2 << 20);
        await rig.PutAsync(Key, bytes);
        var flow = rig.Open();
        flow.Conditions = probed.Conditions;

        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key), Cancelled));

        // moto is such a store.
        Assert.Equal((true, false), (probed.Conditions?.OnPuts, probed.Conditions?.OnCopies));
        var key = (await rig.KeysAsync(rig.Quarantine))[0];
        Assert.Matches($@"\A{Key}\.[0-9a-f]{{32}}\z", key);
        Assert.Equal(bytes, await rig.BytesAsync(rig.Quarantine, key));
    }

    private static async Task<(BucketFlow Flow, FakeLogCollector Log)> ProbeAsync(FlowRig rig, BucketAction action, string drops)
    {
        await using var relay = await S3Relay.StartAsync(new UriBuilder(rig.Options.EndpointUrl).Port);
        relay.Drops = drops.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var options = new S3Options
        {
            EndpointUrl = $"http://127.0.0.1:{relay.Port}",
            AccessKey = rig.Options.AccessKey,
            SecretKey = rig.Options.SecretKey,
        };
        using var buckets = new BucketSet(S3Clients.Open(options), options, TimeProvider.System);
        using var meters = new TestMeters();
        var log = new FakeLogCollector();
        using var record = new DeliveryRecord(
            new DeliveryOptions(), new DeliveryMetrics(meters), TimeProvider.System, NullLogger<DeliveryRecord>.Instance);
        var report = new BucketReport(
            new BucketMetrics(meters), record, new RecentDecisions(0), TimeProvider.System, new FakeLogger<BucketFlow>(log));
        var settings = new BucketFlowOptions
        {
            Untrusted = rig.Flow.Untrusted,
            Clean = rig.Flow.Clean,
            Quarantine = rig.Flow.Quarantine,
            Action = action,
        };
        var flow = rig.Open(settings);
        await new ConditionProbe(buckets, options, report).RunAsync(new OpenFlow("uploads", settings, flow, null), Cancelled);
        return (flow, log);
    }
}
