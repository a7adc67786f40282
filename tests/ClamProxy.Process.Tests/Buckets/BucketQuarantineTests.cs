using System.Text.Json;
using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>What is in quarantine stays there, whatever keys its senders choose.</summary>
public sealed class BucketQuarantineTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Key = "a/file.txt";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InfectedObjectWithTheKeyOfAReport_BothAndTheirReportsAreThere(bool isFirst)
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.StartHostAsync();
        var flow = rig.Open();
        string[] keys = isFirst ? [$"{Key}.report.json", Key] : [Key, $"{Key}.report.json"];
        foreach (var key in keys)
        {
            await rig.PutAsync(key, Eicar.Bytes);
            Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(key), Cancelled));
        }

        var contents = new List<byte[]>();
        foreach (var key in await rig.KeysAsync(rig.Quarantine))
        {
            contents.Add(await rig.BytesAsync(rig.Quarantine, key));
        }

        Assert.Equal(2, contents.Count(bytes => bytes.SequenceEqual(Eicar.Bytes)));
        var reports = contents.Where(bytes => !bytes.SequenceEqual(Eicar.Bytes))
            .Select(bytes => JsonDocument.Parse(bytes).RootElement.GetProperty("key").GetString());
        Assert.Equal(keys.Order(StringComparer.Ordinal), reports.Order(StringComparer.Ordinal));
    }
}
