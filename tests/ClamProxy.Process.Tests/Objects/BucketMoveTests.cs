using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3.Model;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>A content goes to its area as it was scanned, or not at all; whoever is killed on the way leaves nothing behind.</summary>
public sealed class BucketMoveTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Key = "a_file";
    private const string NewKey = "processed/a_file";
    private const int Small = 100_000;

    /// <summary>Above the part size of uploads and of copies: three parts.</summary>
    private const int Large = 12_000_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Small)]
    [InlineData(Large)]
    public async Task MovedByAProcessThatDidNotScanIt_IsWhole(int size)
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, "in/here/");
        var bytes = RandomBody.Of(size);
        await bucket.PutAsync(Key, bytes);

        Assert.Null(await bucket.Open().MoveAsync(Key, NewKey, Hash(bytes), Cancelled));

        Assert.Equal(["in/here/processed/a_file"], await bucket.KeysAsync());
        Assert.Equal(bytes, await bucket.BytesAsync("in/here/processed/a_file"));
        Assert.Empty(await bucket.UploadsAsync());
    }

    [Fact]
    public async Task ChangedSinceItsScan_IsNotMoved()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var (store, bytes) = (bucket.Open(), RandomBody.Of(Small));
        await bucket.PutAsync(Key, bytes);
        Assert.IsType<ObjectContent.Here>(await store.GetAsync(Key, WaitingClients.Of(null), Cancelled)).Content.Dispose();
        await bucket.OverwriteAsync(Key);

        var failure = await store.MoveAsync(Key, NewKey, Hash(bytes), Cancelled);

        Assert.Equal(FailureReason.ContentChanged, failure?.Reason);
        Assert.Equal([Key], await bucket.KeysAsync());
    }

    [Theory]
    [InlineData(Small)]
    [InlineData(Large)]
    public async Task ChangedWhileItIsCopied_IsNotMovedAndNoCopyIsLeft(int size)
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var bytes = RandomBody.Of(size);
        await bucket.PutAsync(Key, bytes);
        var isChanged = false;
        var store = bucket.Open(before: request =>
        {
            if (request is CopyObjectRequest or CopyPartRequest && !isChanged)
            {
                isChanged = true;
                bucket.OverwriteAsync(Key).GetAwaiter().GetResult();
            }
        });

        var failure = await store.MoveAsync(Key, NewKey, Hash(bytes), Cancelled);

        Assert.True(isChanged);
        Assert.True(failure?.Reason == FailureReason.ContentChanged, $"{failure}");
        Assert.Equal([Key], await bucket.KeysAsync());
        Assert.Empty(await bucket.UploadsAsync());
    }

    [Theory]
    [InlineData(Small, false)]
    [InlineData(Small, true)]
    [InlineData(Large, false)]
    public async Task KilledAtAnyStep_MovedAgainThereIsOneContent(int size, bool hasVersions)
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, hasVersions: hasVersions);
        var bytes = RandomBody.Of(size);
        for (var (killedAt, isDone) = (0, false); !isDone; killedAt++)
        {
            await bucket.PutAsync(Key, bytes);
            var calls = 0;
            using var kill = new CancellationTokenSource();
            var killed = bucket.Open(before: _ =>
            {
                if (calls++ == killedAt)
                {
                    kill.Cancel();
                    throw new OperationCanceledException(kill.Token);
                }
            });

            isDone = !await IsKilledAsync(() => killed.MoveAsync(Key, NewKey, Hash(bytes), kill.Token));
            Assert.Null(await bucket.Open().MoveAsync(Key, NewKey, Hash(bytes), Cancelled));

            Assert.Equal([NewKey], await bucket.KeysAsync());
            Assert.Equal(bytes, await bucket.BytesAsync(NewKey));
            await bucket.SweepAsync();
            Assert.Empty(await bucket.UploadsAsync());
            Assert.Null(await bucket.Open().DeleteAsync(NewKey, Cancelled));
            Assert.Empty(await bucket.VersionsAsync());
            Assert.InRange(killedAt, 0, 30);
        }
    }

    [Fact]
    public async Task UploadKilledAtAnyStep_IsThereWholeOrNotAtAll()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var (bytes, key) = (RandomBody.Of(Large), $"{Guid.NewGuid()}_file");
        for (var (killedAt, isDone) = (0, false); !isDone; killedAt++)
        {
            var calls = 0;
            using var kill = new CancellationTokenSource();
            var killed = bucket.Open(before: _ =>
            {
                if (calls++ >= killedAt)
                {
                    kill.Cancel();
                    throw new AmazonClientException("killed");
                }
            });

            isDone = !await IsKilledAsync(() => bucket.PutAsync(key, bytes, killed, kill.Token));

            if ((await bucket.KeysAsync()).Length > 0)
            {
                Assert.Equal(bytes, await bucket.BytesAsync(key));
                Assert.Null(await bucket.Open().DeleteAsync(key, Cancelled));
            }

            await bucket.SweepAsync();
            Assert.Empty(await bucket.UploadsAsync());
            Assert.InRange(killedAt, 0, 30);
        }
    }

    private static async Task<bool> IsKilledAsync(Func<Task<Failure?>> action)
    {
        try
        {
            Assert.Null(await action());
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
