using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>What becomes of objects by what was found, and which are taken at all.</summary>
public sealed class BucketOutcomeTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static readonly byte[] Fine = [.. "fine"u8];

    [Fact]
    public async Task Object_GoesAsOnCleanAndOnInfectedSay()
    {
        await using var rig = await StartedAsync();
        foreach (var (action, stays, isPlaced, isTagged) in ((BucketAction, bool, bool, bool)[])
            [
                (BucketAction.Move, false, true, false),
                (BucketAction.Copy, true, true, false),
                (BucketAction.Tag, true, false, true),
                (BucketAction.Leave, true, false, false),
            ])
        {
            var (fine, bad) = ($"fine-{action}", $"bad-{action}");
            await rig.PutAsync(fine, Fine);
            await rig.PutAsync(bad, Eicar.Bytes);

            await rig.Open(Flow(rig, onClean: action)).RunAsync(rig.Told(fine), TestContext.Current.CancellationToken);
            await rig.Open(Flow(rig, onInfected: action)).RunAsync(rig.Told(bad), TestContext.Current.CancellationToken);

            await ExpectAsync(rig, rig.Clean, fine, stays, isPlaced, isTagged ? "clean" : null);
            await ExpectAsync(rig, rig.Quarantine, bad, stays, isPlaced, isTagged ? "infected" : null);
        }
    }

    [Fact]
    public async Task ObjectWithoutAVerdict_IsTaggedUntilThereIsOne()
    {
        await using var rig = await StartedAsync();
        rig.Clamd.OnContent = (connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        };
        await rig.PutAsync("file", Fine);
        var flow = new BucketFlowOptions
        {
            Untrusted = rig.Flow.Untrusted,
            Quarantine = rig.Flow.Quarantine,
            OnError = ErrorAction.Tag,
        };

        Assert.IsType<FlowResult.Later>(await rig.Open(flow).RunAsync(rig.Told("file"), TestContext.Current.CancellationToken));
        Assert.Equal("error", (await rig.TagsAsync(rig.Untrusted, "file"))["scan-status"]);

        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: OK\0");
        await FlowRig.UntilAsync(async () =>
            await rig.Open(flow).RunAsync(rig.Told("file"), TestContext.Current.CancellationToken) is FlowResult.Done);
        Assert.Equal("clean", (await rig.TagsAsync(rig.Untrusted, "file"))["scan-status"]);
    }

    [Fact]
    public async Task KeyThatIsNoneOfKeys_StaysUntouched()
    {
        await using var rig = await StartedAsync();
        await rig.PutAsync("a/file.pdf", Fine);
        await rig.PutAsync("a/file.tmp", Fine);
        var flow = rig.Open(new BucketFlowOptions
        {
            Untrusted = rig.Flow.Untrusted,
            Clean = rig.Flow.Clean,
            Quarantine = rig.Flow.Quarantine,
            Keys = ["*.pdf"],
        });

        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told("a/file.pdf"), TestContext.Current.CancellationToken));
        Assert.IsType<FlowResult.Unneeded>(await flow.RunAsync(rig.Told("a/file.tmp"), TestContext.Current.CancellationToken));

        Assert.Equal(["a/file.tmp"], await rig.KeysAsync(rig.Untrusted));
        Assert.DoesNotContain("scan-status", (await rig.TagsAsync(rig.Untrusted, "a/file.tmp")).Keys);
    }

    private async Task<FlowRig> StartedAsync()
    {
        var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync();
        return rig;
    }

    private static BucketFlowOptions Flow(FlowRig rig, BucketAction? onClean = null, BucketAction? onInfected = null) => new()
    {
        Untrusted = rig.Flow.Untrusted,
        Clean = rig.Flow.Clean,
        Quarantine = rig.Flow.Quarantine,
        OnClean = onClean,
        OnInfected = onInfected,
    };

    private static async Task ExpectAsync(FlowRig rig, string place, string key, bool stays, bool isPlaced, string? tag)
    {
        Assert.Equal(stays, (await rig.KeysAsync(rig.Untrusted)).Contains(key));
        Assert.Equal(isPlaced, (await rig.KeysAsync(place)).Contains(key));
        if (stays)
        {
            Assert.Equal(tag, (await rig.TagsAsync(rig.Untrusted, key)).GetValueOrDefault("scan-status"));
        }
    }
}
