using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Messages of a queue: deleted when their work is done, and not before.</summary>
public sealed class BucketQueueTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static readonly byte[] Fine = [.. "fine"u8];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CleanAndInfected_EndWhereTheyBelongAndTheirMessagesAreDeleted()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        string[] keys = ["a/b c+d.txt", "ü/ä.txt", "plain"];
        foreach (var key in keys)
        {
            await rig.PutAsync(key, Fine);
            await rig.TellAsync(key);
        }

        await rig.PutAsync("bad.com", Eicar.Bytes);
        await rig.TellAsync("bad.com");
        await rig.StartHostAsync(rig.Watching($"--ClamProxy:Buckets:uploads:Forward={rig.Forward}"));

        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);

        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(keys.Order(StringComparer.Ordinal), (await rig.KeysAsync(rig.Clean)).Order(StringComparer.Ordinal));
        Assert.Equal(["bad.com", "bad.com.report.json"], await rig.KeysAsync(rig.Quarantine));
        Assert.Equal(keys.Length, await rig.MessagesAsync(rig.Forward));
    }

    [Fact]
    public async Task ScannerThatHangsUp_MessageAndObjectStayUntilItScans()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        var isBroken = true;
        var hungUp = new TaskCompletionSource();
        rig.Clamd.OnContent = async (connection, _) =>
        {
            if (isBroken)
            {
                hungUp.TrySetResult();
                connection.Reset();
                return;
            }

            await connection.ReplyAsync("stream: OK\0");
        };
        await rig.PutAsync("file", Fine);
        await rig.TellAsync("file");
        await rig.StartHostAsync(rig.Watching("--ClamProxy:Buckets:uploads:RetryPause=1s"));
        await hungUp.Task.WaitAsync(Cancelled);

        Assert.Equal(1, await rig.MessagesAsync(rig.Queue));
        Assert.Equal(["file"], await rig.KeysAsync(rig.Untrusted));
        Assert.Empty(await rig.KeysAsync(rig.Clean));

        isBroken = false;
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);
        Assert.Equal(["file"], await rig.KeysAsync(rig.Clean));
    }

    [Fact]
    public async Task UnreadableMessage_GoesToTheDeadLetters()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.SendAsync("no event at all");
        await rig.SendAsync("""{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"x"}""");
        await rig.StartHostAsync(rig.Watching());

        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.DeadLetters) == 1);

        Assert.Equal("no event at all", await rig.TakeAsync(rig.DeadLetters));
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);
    }

    [Fact]
    public async Task EventOfAnotherBucket_GoesToTheDeadLetters()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.TellAsync("file", bucket: "somebody-elses");
        await rig.TellAsync("file", bucket: rig.Clean);
        await rig.StartHostAsync(rig.Watching());

        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.DeadLetters) == 1);
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);

        Assert.Contains("somebody-elses", await rig.TakeAsync(rig.DeadLetters), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneBucketWithPrefixes_OurOwnObjectsAreNotScannedAgain()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.PutAsync("in/file", Fine);
        foreach (var key in (string[])["in/file", "clean/in/file", "bad/in/file", "other/file"])
        {
            await rig.TellAsync(key);
        }

        await rig.StartHostAsync(rig.Watching(
            $"--ClamProxy:Buckets:uploads:Untrusted=s3://{rig.Untrusted}/in",
            $"--ClamProxy:Buckets:uploads:Clean=s3://{rig.Untrusted}/clean",
            $"--ClamProxy:Buckets:uploads:Quarantine=s3://{rig.Untrusted}/bad"));
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);

        Assert.Equal(["clean/in/file"], await rig.KeysAsync(rig.Untrusted));
        Assert.Single(rig.Clamd.Contents);
    }

    [Fact]
    public async Task ScanThatOutlastsTheQueuesTime_IsNotDoneTwice()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        var scans = 0;
        rig.Clamd.OnContent = async (connection, _) =>
        {
            Interlocked.Increment(ref scans);
            await Task.Delay(TimeSpan.FromSeconds(15), Cancelled);
            await connection.ReplyAsync("stream: OK\0");
        };
        await rig.PutAsync("file", Fine);
        await rig.TellAsync("file");
        await rig.StartHostAsync(rig.Watching("--ClamProxy:Buckets:uploads:HiddenFor=10s"));

        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);

        Assert.Equal(1, scans);
        Assert.Equal(["file"], await rig.KeysAsync(rig.Clean));
    }
}
