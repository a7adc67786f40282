using Amazon.S3.Model;
using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>
/// A process that is killed at any step leaves the object in some bucket, and the next delivery of its event ends the work.
/// </summary>
public sealed class BucketKilledTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Key = "a/file.txt";
    private const int MostCalls = 40;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, true, false)]
    [InlineData(100, true, true)]
    [InlineData(100, false, false)]
    [InlineData(100, false, true)]
    [InlineData(6_000_000, true, false)]
    public async Task KilledAtAnyCall_NothingIsLostAndTheNextDeliveryEndsIt(int size, bool isClean, bool hasVersions)
    {
        await using var rig = await FlowRig.StartAsync(moto.Server, hasVersions);
        await rig.StartHostAsync();
        var bytes = isClean ? RandomBody.Of(size) : Eicar.Bytes;
        string[] expected = isClean ? [Key] : [Key, $"{Key}.report.json"];
        var (goal, other) = isClean ? (rig.Clean, rig.Quarantine) : (rig.Quarantine, rig.Clean);
        for (var (killedAt, isDone) = (0, false); !isDone; killedAt++)
        {
            Assert.InRange(killedAt, 0, MostCalls);
            var version = await rig.PutAsync(Key, bytes);
            isDone = !await IsKilledAsync(rig, version, killedAt);

            var there = (await rig.KeysAsync(rig.Untrusted)).Concat(await rig.KeysAsync(goal));
            Assert.Contains(Key, there);

            await rig.Open().RunAsync(rig.Told(Key, version), Cancelled);

            Assert.Empty(await rig.KeysAsync(rig.Untrusted));
            Assert.Empty(await rig.KeysAsync(other));
            Assert.Equal(expected, await rig.KeysAsync(goal));
            Assert.Equal(bytes, await rig.BytesAsync(goal, Key));
            foreach (var key in expected)
            {
                await rig.Client.DeleteObjectAsync(goal, key, Cancelled);
            }
        }
    }

    /// <returns>False: it was done before that call.</returns>
    private static async Task<bool> IsKilledAsync(FlowRig rig, string? version, int killedAt)
    {
        var calls = 0;
        using var kill = new CancellationTokenSource();
        var flow = rig.Open(before: request =>
        {
            if (calls++ >= killedAt && request is not AbortMultipartUploadRequest)
            {
                kill.Cancel();
                throw new OperationCanceledException(kill.Token);
            }
        });
        try
        {
            Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(Key, version), kill.Token));
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
