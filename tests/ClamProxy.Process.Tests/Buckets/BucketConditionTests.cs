using ClamProxy.Core.Buckets;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;
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
        var report = new BucketReport(new BucketMetrics(meters), TimeProvider.System, new FakeLogger<BucketFlow>(log));
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
