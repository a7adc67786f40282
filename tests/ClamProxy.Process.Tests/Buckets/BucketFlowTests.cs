using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3.Model;
using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>One object goes through its flow: what was scanned is what is placed, and nothing is lost.</summary>
public sealed class BucketFlowTests(MotoFixture moto) : FlowConformance, IClassFixture<MotoFixture>
{
    private protected override IS3Server Server => moto.Server;

    [Fact]
    public async Task Infected_GoesToQuarantineWithAReport()
    {
        await using var rig = await StartAsync();
        await rig.PutAsync(Key, Eicar.Bytes);

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));

        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Empty(await rig.KeysAsync(rig.Clean));
        Assert.Equal([Key, $"{Key}.report.json"], await rig.KeysAsync(rig.Quarantine));
        Assert.Equal(Eicar.Bytes, await rig.BytesAsync(rig.Quarantine, Key));
        Assert.Equal("infected", (await rig.TagsAsync(rig.Quarantine, Key))["scan-status"]);
        var report = JsonDocument.Parse(await rig.BytesAsync(rig.Quarantine, $"{Key}.report.json")).RootElement;
        Assert.Equal((rig.Untrusted, Key), (report.GetProperty("bucket").GetString(), report.GetProperty("key").GetString()));
        Assert.Equal("infected", report.GetProperty("verdict").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes)), report.GetProperty("sha256").GetString());
        Assert.NotEmpty(report.GetProperty("signature").GetString()!);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task OlderEventThatComesLater_NeverReplacesTheNewerObject(bool hasSequencers, bool isStoreProven)
    {
        await using var rig = await StartAsync(hasVersions: true);
        var old = await rig.PutAsync(Key, Fine);
        await NextSecondAsync(rig);
        var young = await rig.PutAsync(Key, Newer);
        var flow = rig.Open();
        flow.Conditions = isStoreProven ? StoreConditions.All : null;

        await flow.RunAsync(rig.Told(Key, young, hasSequencers ? "0002" : null), Cancelled);
        await flow.RunAsync(rig.Told(Key, old, hasSequencers ? "0001" : null), Cancelled);

        Assert.Equal(Newer, await rig.BytesAsync(rig.Clean, Key));
        Assert.Empty((await rig.Client.ListVersionsAsync(rig.Untrusted, Cancelled)).Versions ?? []);
    }

    [Fact]
    public async Task NewerObjectThatIsPlacedInTheMomentOfThePut_IsNotReplaced()
    {
        await using var rig = await StartAsync(hasVersions: true);
        var old = await rig.PutAsync(Key, Fine);
        await NextSecondAsync(rig);
        var young = await rig.PutAsync(Key, Newer);
        var isOvertaken = false;
        var flow = rig.Open(before: request =>
        {
            if (request is PutObjectRequest && !isOvertaken)
            {
                isOvertaken = true;
                Assert.IsType<FlowResult.Done>(rig.Open().RunAsync(rig.Told(Key, young), Cancelled).GetAwaiter().GetResult());
            }
        });

        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key, old), Cancelled));

        Assert.True(isOvertaken);
        Assert.Equal(Newer, await rig.BytesAsync(rig.Clean, Key));
    }

    [Fact]
    public async Task TwoInfectedContentsOfOneKey_AreBothInQuarantine()
    {
        await using var rig = await StartAsync();
        rig.Clamd.ScanReply = "stream: Bad FOUND\0";
        byte[] other = [.. "other"u8];
        var flow = rig.Open();
        foreach (var bytes in (byte[][])[Eicar.Bytes, other])
        {
            await rig.PutAsync(Key, bytes);
            Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key), Cancelled));
        }

        var keys = (await rig.KeysAsync(rig.Quarantine)).Where(key => !key.EndsWith(".report.json", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, keys.Count);
        Assert.Equal(Eicar.Bytes, await rig.BytesAsync(rig.Quarantine, Key));
        Assert.Equal(other, await rig.BytesAsync(rig.Quarantine, keys.Single(key => key != Key)));
    }

    [Fact]
    public async Task ReplacedWhileItIsRead_StaysAndNothingIsPlaced()
    {
        await using var rig = await StartAsync();
        await rig.PutAsync(Key, Fine);
        var isReplaced = false;
        var flow = rig.Open(before: request =>
        {
            if (request is GetObjectRequest && !isReplaced)
            {
                isReplaced = true;
                rig.PutAsync(Key, Eicar.Bytes).GetAwaiter().GetResult();
            }
        });

        Assert.IsType<FlowResult.Later>(await flow.RunAsync(rig.Told(Key), Cancelled));

        Assert.True(isReplaced);
        Assert.Empty(await rig.KeysAsync(rig.Clean));
        Assert.Equal([Key], await rig.KeysAsync(rig.Untrusted));
    }

    [Fact]
    public async Task DeletedWhileItIsScanned_IsPlacedNowhere()
    {
        await using var rig = await StartAsync();
        await rig.PutAsync(Key, Fine);
        rig.Clamd.OnContent = async (connection, _) =>
        {
            await rig.Client.DeleteObjectAsync(rig.Untrusted, Key);
            await connection.ReplyAsync("stream: OK\0");
        };

        Assert.IsType<FlowResult.Unneeded>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));

        Assert.Empty(await rig.KeysAsync(rig.Clean));
    }

    [Fact]
    public async Task ActionTag_TagsAndKeepsWhatItsOwnerSaid()
    {
        await using var rig = await StartAsync();
        var options = new BucketFlowOptions { Untrusted = $"s3://{rig.Untrusted}", Action = BucketAction.Tag };
        await rig.PutAsync(Key, Eicar.Bytes);

        Assert.IsType<FlowResult.Done>(await rig.Open(options).RunAsync(rig.Told(Key), Cancelled));

        var tags = await rig.TagsAsync(rig.Untrusted, Key);
        Assert.Equal(("me", "infected"), (tags["owner"], tags["scan-status"]));
        Assert.Equal([Key], await rig.KeysAsync(rig.Untrusted));
    }

    [Fact]
    public async Task ReplacedBeforeItIsTagged_TheNewOneIsNotCalledClean()
    {
        await using var rig = await StartAsync();
        var options = new BucketFlowOptions { Untrusted = $"s3://{rig.Untrusted}", Action = BucketAction.Tag };
        await rig.PutAsync(Key, Fine);
        var isReplaced = false;
        var flow = rig.Open(options, request =>
        {
            if (request is PutObjectTaggingRequest && !isReplaced)
            {
                isReplaced = true;
                rig.PutAsync(Key, Eicar.Bytes).GetAwaiter().GetResult();
            }
        });

        Assert.IsType<FlowResult.Later>(await flow.RunAsync(rig.Told(Key), Cancelled));

        Assert.True(isReplaced);
        Assert.Equal(["owner"], (await rig.TagsAsync(rig.Untrusted, Key)).Keys);
    }

    [Fact]
    public async Task ScannerDown_ObjectStays()
    {
        await using var rig = await StartAsync();
        await rig.PutAsync(Key, Fine);
        rig.Clamd.Stop();

        Assert.IsType<FlowResult.Later>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));

        Assert.Equal([Key], await rig.KeysAsync(rig.Untrusted));
        Assert.Empty(await rig.KeysAsync(rig.Clean));
        Assert.Empty(await rig.KeysAsync(rig.Quarantine));
    }

    private static async Task NextSecondAsync(FlowRig rig)
    {
        // The store's times are whole seconds.
        var first = (await rig.Client.GetObjectMetadataAsync(rig.Untrusted, Key, Cancelled)).LastModified;
        await FlowRig.UntilAsync(async () =>
        {
            await rig.PutAsync("clock", []);
            return (await rig.Client.GetObjectMetadataAsync(rig.Untrusted, "clock", Cancelled)).LastModified > first;
        });
        foreach (var tick in (await rig.Client.ListVersionsAsync(rig.Untrusted, "clock", Cancelled)).Versions)
        {
            await rig.Client.DeleteObjectAsync(rig.Untrusted, "clock", tick.VersionId, Cancelled);
        }
    }
}
