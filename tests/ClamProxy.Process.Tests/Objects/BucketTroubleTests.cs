using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;
using ClamProxy.TestKit;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>A store that is down, slow, or breaks connections.</summary>
public sealed class BucketTroubleTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const int Large = 12_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly WaitingClients Nobody = WaitingClients.Of(null);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoSuchBucket_IsNamed()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var check = bucket.Check(bucket.Options, "there-is-none");
        Assert.NotNull(check.Problem);

        await check.LookAsync(Cancelled);
        await check.LookAsync(Cancelled);

        Assert.Contains("there is no bucket there-is-none at 127.0.0.1", check.Problem, StringComparison.Ordinal);
        Assert.Contains("there-is-none", Assert.Single(bucket.Log.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BucketThatCanBeUsed_HasNoProblemAndNothingIsLeftOfTheProof()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, hasVersions: true);
        var check = bucket.Check(bucket.Options);

        await check.LookAsync(Cancelled);

        Assert.Null(check.Problem);
        Assert.Empty(await bucket.VersionsAsync());
    }

    [Fact]
    public async Task StoreIsDown_EachCallFailsAndTheCheckSaysSoUntilItIsBack()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await using var relay = new FlakyRelay(moto.Server.Port);
        var options = Over(relay);
        var (store, check) = (bucket.Open(options), bucket.Check(options));
        await relay.RefuseAsync();

        Assert.Equal(FailureReason.ObjectsUnavailable, (await bucket.TryPutAsync(store, [1]))?.Reason);
        var got = Assert.IsType<ObjectContent.Failed>(await store.GetAsync("a_file", Nobody, Cancelled));
        Assert.Contains("cannot be reached", got.Failure.Cause!.Message, StringComparison.Ordinal);
        Assert.Equal(FailureReason.ObjectsUnavailable, (await store.DeleteAsync("a_file", Cancelled))?.Reason);
        Assert.Equal(FailureReason.ObjectsUnavailable, (await store.MoveAsync("a_file", "b_file", null, Cancelled))?.Reason);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await foreach (var _ in store.ListAsync(Cancelled))
            {
            }
        });
        await check.LookAsync(Cancelled);
        Assert.Contains("cannot be reached", check.Problem, StringComparison.Ordinal);

        relay.Listen();
        await check.LookAsync(Cancelled);
        Assert.Null(check.Problem);
        Assert.Null(await bucket.TryPutAsync(store, [1]));
    }

    [Fact]
    public async Task StoreIsSilent_EachCallEndsInTime()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await using var relay = new FlakyRelay(moto.Server.Port) { Mode = RelayMode.Hang };
        var store = bucket.Open(Over(relay, TimeSpan.FromSeconds(1)));

        var put = await bucket.TryPutAsync(store, [1]).WaitAsync(Limit, Cancelled);
        var got = Assert.IsType<ObjectContent.Failed>(await store.GetAsync("a_file", Nobody, Cancelled).WaitAsync(Limit, Cancelled));

        Assert.Equal(FailureReason.ObjectsUnavailable, put?.Reason);
        Assert.Contains("did not answer in time", put!.Cause!.Message, StringComparison.Ordinal);
        Assert.Contains("did not answer in time", got.Failure.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreFallsSilentInAnAnswer_TheGetEndsInTime()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await bucket.PutAsync("a_file", RandomBody.Of(Large));
        await using var relay = new FlakyRelay(moto.Server.Port);

        // It holds for the answers before the silence too.
        var store = bucket.Open(Over(relay, TimeSpan.FromSeconds(10)));
        Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content.Dispose();
        using var content = Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content;
        using var reader = content.OpenReader();
        var part = new byte[1000];
        Assert.NotEqual(0, await reader.ReadAsync(0, part, Cancelled));
        relay.Mode = RelayMode.Hang;

        var failure = await Assert.ThrowsAsync<S3Exception>(async () => await reader.ReadAsync(11_000_000, part, Cancelled));

        Assert.Contains("did not answer in time", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionBreaksInAnAnswer_TheRestIsAskedFor()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var bytes = RandomBody.Of(Large);
        await bucket.PutAsync("a_file", bytes);
        await using var relay = new FlakyRelay(moto.Server.Port);
        var store = bucket.Open(Over(relay));
        Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content.Dispose();
        using var content = Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content;
        using var reader = content.OpenReader();
        var got = new byte[Large];
        for (var read = 0; read < got.Length;)
        {
            var part = await reader.ReadAsync(read, got.AsMemory(read, Math.Min(100_000, got.Length - read)), Cancelled);
            Assert.NotEqual(0, part);
            if (read / 3_000_000 != (read += part) / 3_000_000)
            {
                relay.ResetAll();
            }
        }

        Assert.Equal(bytes, got);
        Assert.InRange(relay.Accepted, 3, 20);
    }

    [Fact]
    public async Task ConnectionBreaksInAPart_ThePartIsSentAgain()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await using var relay = new FlakyRelay(moto.Server.Port);
        var bytes = RandomBody.Of(Large);
        using var content = new BreakingContent(bytes, 8_000_000, relay.ResetAll);

        Assert.Null(await bucket.Open(Over(relay)).PutAsync("a_file", content, Cancelled));

        Assert.True(content.IsBroken);
        Assert.Equal(bytes, await bucket.BytesAsync("a_file"));
        Assert.Empty(await bucket.UploadsAsync());
    }

    [Fact]
    public async Task StoreGoesDownInAPart_NothingIsPutAndTheSweepAbortsTheUpload()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await using var relay = new FlakyRelay(moto.Server.Port);
        using var content = new BreakingContent(RandomBody.Of(Large), 8_000_000, () => relay.RefuseAsync().GetAwaiter().GetResult());

        var failure = await bucket.Open(Over(relay)).PutAsync($"{Guid.NewGuid()}_file", content, Cancelled);

        Assert.Equal(FailureReason.ObjectsUnavailable, failure?.Reason);
        Assert.Empty(await bucket.KeysAsync());
        await bucket.SweepAsync();
        Assert.Empty(await bucket.UploadsAsync());
    }

    /// <param name="timeout">Short only where the relay falls silent: a refused or broken connection needs no time-out.</param>
    private static S3Options Over(FlakyRelay relay, TimeSpan? timeout = null) => new()
    {
        EndpointUrl = $"http://127.0.0.1:{relay.Port}",
        AccessKey = "moto",
        SecretKey = "moto-secret-key",
        PartSize = 5 << 20,
        Timeout = timeout ?? TimeSpan.FromSeconds(30),
        Attempts = 2,
    };

    /// <summary>A content that breaks something, once, when it is read so far.</summary>
    private sealed class BreakingContent(byte[] bytes, long at, Action breaks) : IContentReader
    {
        public bool IsBroken { get; private set; }

        public long Length => bytes.Length;

        public SafeFileHandle? File => null;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            if (offset >= at && !IsBroken)
            {
                IsBroken = true;
                breaks();
            }

            var read = (int)Math.Min(into.Length, bytes.Length - offset);
            bytes.AsMemory((int)offset, read).CopyTo(into);
            return ValueTask.FromResult(read);
        }

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
