using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Notices of scanned objects to a web server.</summary>
public sealed class BucketNoticeTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static readonly byte[] Fine = [.. "fine"u8];

    [Fact]
    public async Task InfectedObject_IsRemovedWhenItsNoticeIsTakenAndRepeatsHaveTheSameId()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.AnswerWith(500);
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.PutAsync("a/bad.com", Eicar.Bytes);
        await rig.TellAsync("a/bad.com");
        await rig.StartHostAsync(Notifying(rig, receiver.Url, "127.0.0.1"));

        var first = await receiver.NextAsync();
        Assert.Equal(["a/bad.com"], await rig.KeysAsync(rig.Untrusted));
        receiver.AnswerWith(204);
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);
        var next = await receiver.NextAsync();

        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.True(first.IsSignedBy(CallbackReceiver.Secret));
        Assert.Equal(first.Id, next.Id);
        Assert.StartsWith("application/cloudevents+json", first.Headers["Content-Type"], StringComparison.Ordinal);
        var notice = first.Json;
        Assert.Equal(
            ("1.0", first.Id, "io.clamproxy.object.infected", $"s3://{rig.Untrusted}", "a/bad.com"),
            (notice.GetProperty("specversion").GetString(), notice.GetProperty("id").GetString(), notice.GetProperty("type").GetString(),
                notice.GetProperty("source").GetString(), notice.GetProperty("subject").GetString()));
        Assert.True(notice.GetProperty("time").TryGetDateTimeOffset(out _));
        Assert.Equal(
            ("a/bad.com", "infected", "Eicar-Test-Signature"),
            (first.Data.GetProperty("key").GetString(), first.Data.GetProperty("verdict").GetString(),
                first.Data.GetProperty("signature").GetString()));
    }

    [Fact]
    public async Task CleanObject_IsToldWhereThatIsWanted()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.PutAsync("fine", Fine);
        await rig.TellAsync("fine");
        await rig.StartHostAsync([.. Notifying(rig, receiver.Url, "127.0.0.1"), "--ClamProxy:Buckets:uploads:NoticeClean=true"]);

        Assert.Equal("io.clamproxy.object.clean", (await receiver.NextAsync()).Json.GetProperty("type").GetString());
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);
        Assert.Equal(["fine"], await rig.KeysAsync(rig.Clean));
    }

    [Fact]
    public async Task ReceiverThatIsNotListed_GetsNothingAndTheObjectStays()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.PutAsync("bad.com", Eicar.Bytes);
        await rig.TellAsync("bad.com");
        await rig.StartHostAsync(Notifying(rig, receiver.Url, "hooks.example.org"));

        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.DeadLetters) == 1);

        Assert.Equal(0, receiver.Count);
        Assert.Equal(["bad.com"], await rig.KeysAsync(rig.Untrusted));
    }

    private static string[] Notifying(FlowRig rig, string url, string targets) => rig.Watching(
        $"--ClamProxy:Buckets:uploads:NoticeUrl={url}",
        $"--CALLBACK_SECRETS={CallbackReceiver.Secret}",
        $"--CALLBACK_TARGETS={targets}");
}
