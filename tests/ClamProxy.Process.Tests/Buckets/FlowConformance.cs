using System.Security.Cryptography;
using ClamProxy.Core.Buckets;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>What holds for one object that goes through its flow, whatever the store is.</summary>
public abstract class FlowConformance
{
    private protected const string Key = "a/file.txt";
    private const int Large = 12_000_000;

    private protected static byte[] Fine { get; } = [.. "fine"u8];

    private protected static byte[] Newer { get; } = [.. "newer"u8];

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected abstract IS3Server Server { get; }

    [Theory]
    [InlineData("a/b/c.txt", false)]
    [InlineData("with space + plus.txt", false)]
    [InlineData("ümläut/日本.txt", false)]
    [InlineData("100%25 & = ? # .txt", false)]
    [InlineData("ümläut/日本 & = ? # .txt", true)]
    public async Task Clean_GoesToTheCleanBucketWithAllThatItsOwnerSaid(string key, bool hasVersions)
    {
        await using var rig = await StartAsync(hasVersions);
        var version = await rig.PutAsync(key, Fine);

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(key, version), Cancelled));

        Assert.Empty((await rig.Client.ListVersionsAsync(rig.Untrusted, Cancelled)).Versions ?? []);
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Empty(await rig.KeysAsync(rig.Quarantine));
        Assert.Equal([key], await rig.KeysAsync(rig.Clean));
        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, key));
        var head = await rig.Client.GetObjectMetadataAsync(rig.Clean, key, Cancelled);
        Assert.Equal(("text/plain", "red"), (head.Headers.ContentType, head.Metadata["colour"]));
        var tags = await rig.TagsAsync(rig.Clean, key);
        Assert.Equal(("me", "clean"), (tags["owner"], tags["scan-status"]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Fine)), tags["scan-sha256"]);
    }

    [Fact]
    public async Task TooLargeToBeScanned_IsCopiedToQuarantine()
    {
        await using var rig = await StartAsync("--MAX_FILE_SIZE=1M");
        var bytes = RandomBody.Of(Large);
        await rig.PutAsync(Key, bytes);

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));

        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(bytes, await rig.BytesAsync(rig.Quarantine, Key));
        var tags = await rig.TagsAsync(rig.Quarantine, Key);
        Assert.Equal(("unscannable", "too-large"), (tags["scan-status"], tags["scan-signature"]));
    }

    [Fact]
    public async Task LargerThanOnePart_IsWhole()
    {
        await using var rig = await StartAsync();
        var bytes = RandomBody.Of(Large);
        await rig.PutAsync(Key, bytes);

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));

        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(bytes, await rig.BytesAsync(rig.Clean, Key));
        Assert.Equal("clean", (await rig.TagsAsync(rig.Clean, Key))["scan-status"]);
        Assert.Equal("red", (await rig.Client.GetObjectMetadataAsync(rig.Clean, Key, Cancelled)).Metadata["colour"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReplacedWhileItIsScanned_CleanHasOnlyWhatWasScannedAndTheNewOneStays(bool hasVersions)
    {
        await using var rig = await StartAsync(hasVersions: hasVersions);
        var version = await rig.PutAsync(Key, Fine);
        rig.Clamd.OnContent = async (connection, _) =>
        {
            await rig.PutAsync(Key, Eicar.Bytes);
            await connection.ReplyAsync("stream: OK\0");
        };

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key, version), Cancelled));
        rig.Clamd.OnContent = null;

        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, Key));
        Assert.Equal(Eicar.Bytes, await rig.BytesAsync(rig.Untrusted, Key));
        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, Key));
        Assert.Equal([Key, $"{Key}.report.json"], await rig.KeysAsync(rig.Quarantine));
        Assert.Equal(Eicar.Bytes, await rig.BytesAsync(rig.Quarantine, Key));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NewerOne_ReplacesTheOlderOneInClean(bool cleanHasVersions)
    {
        await using var rig = await StartAsync(hasVersions: false);
        if (cleanHasVersions)
        {
            await rig.KeepVersionsAsync(rig.Clean);
        }

        foreach (var bytes in (byte[][])[Fine, Newer])
        {
            await rig.PutAsync(Key, bytes);
            Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));
            Assert.Equal(bytes, await rig.BytesAsync(rig.Clean, Key));
        }
    }

    private protected Task<FlowRig> StartAsync(params string[] settings) => StartAsync(false, settings);

    private protected async Task<FlowRig> StartAsync(bool hasVersions, params string[] settings)
    {
        var rig = await FlowRig.StartAsync(Server, hasVersions);
        await rig.StartHostAsync(settings);
        return rig;
    }
}
