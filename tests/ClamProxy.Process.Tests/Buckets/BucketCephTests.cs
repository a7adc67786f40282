using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Flows at a store that checks signatures, and that answers some requests otherwise than AWS and moto.</summary>
public sealed class BucketCephTests(CephFixture ceph) : IClassFixture<CephFixture>
{
    private const string Key = "a/file.txt";
    private const int Large = 6_000_000;
    private static readonly byte[] Fine = [.. "fine"u8];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("with space + plus.txt", false)]
    [InlineData("ümläut/日本 & = ? # .txt", true)]
    public async Task Clean_GoesToTheCleanBucketWithAllThatItsOwnerSaid(string key, bool hasVersions)
    {
        await using var rig = await StartAsync(hasVersions);
        var version = await rig.PutAsync(key, Fine);

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(key, version), Cancelled));

        Assert.Empty((await rig.Client.ListVersionsAsync(rig.Untrusted, Cancelled)).Versions ?? []);
        Assert.Equal([key], await rig.KeysAsync(rig.Clean));
        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, key));
        var head = await rig.Client.GetObjectMetadataAsync(rig.Clean, key, Cancelled);
        Assert.Equal(("text/plain", "red"), (head.Headers.ContentType, head.Metadata["colour"]));
        var tags = await rig.TagsAsync(rig.Clean, key);
        Assert.Equal(("me", "clean"), (tags["owner"], tags["scan-status"]));
    }

    [Fact]
    public async Task LargeOnes_ArePutInPartsAndCopiedInParts()
    {
        await using var rig = await StartAsync(hasVersions: false, "--MAX_FILE_SIZE=6M");
        var (clean, tooLarge) = (RandomBody.Of(Large), RandomBody.Of(2 * Large));
        await rig.PutAsync("clean", clean);
        await rig.PutAsync("too-large", tooLarge);
        var flow = rig.Open();

        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told("clean"), Cancelled));
        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told("too-large"), Cancelled));

        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(clean, await rig.BytesAsync(rig.Clean, "clean"));
        Assert.Equal("clean", (await rig.TagsAsync(rig.Clean, "clean"))["scan-status"]);
        Assert.Equal(tooLarge, await rig.BytesAsync(rig.Quarantine, "too-large"));
        Assert.Equal("unscannable", (await rig.TagsAsync(rig.Quarantine, "too-large"))["scan-status"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReplacedWhileItIsScanned_CleanHasOnlyWhatWasScannedAndTheNewOneStays(bool hasVersions)
    {
        await using var rig = await StartAsync(hasVersions);
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
            await rig.Client.PutBucketVersioningAsync(
                new()
                {
                    BucketName = rig.Clean,
                    VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Enabled },
                },
                Cancelled);
        }

        foreach (var bytes in (byte[][])[Fine, [.. "newer"u8]])
        {
            await rig.PutAsync(Key, bytes);
            Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));
            Assert.Equal(bytes, await rig.BytesAsync(rig.Clean, Key));
        }
    }

    private async Task<FlowRig> StartAsync(bool hasVersions, params string[] settings)
    {
        var rig = await FlowRig.StartAsync(ceph.Server, hasVersions);
        await rig.StartHostAsync(settings);
        return rig;
    }
}
