using System.Security.Cryptography;
using Amazon.S3.Model;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Files;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>What is put into a bucket, read from it, listed and deleted.</summary>
public sealed class BucketContentTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const int Large = 12_000_000;

    private static readonly WaitingClients Nobody = WaitingClients.Of(null);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LargeContent_IsPutInPartsAndGotByteForByte()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var bytes = RandomBody.Of(Large);
        await bucket.PutAsync("a_file", bytes);

        var head = await bucket.Client.GetObjectMetadataAsync(bucket.Bucket, "a_file", Cancelled);
        Assert.EndsWith("-3\"", head.ETag, StringComparison.Ordinal);
        var got = Assert.IsType<ObjectContent.Here>(await bucket.Open().GetAsync("a_file", Nobody, Cancelled));
        using var content = got.Content;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), await content.Sha256);
    }

    [Fact]
    public async Task OpenedAgain_IsStreamedInPartsThatAreAskedFor()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        var bytes = RandomBody.Of(Large);
        await bucket.PutAsync("a_file", bytes);
        var asked = new List<string>();
        var store = bucket.Open(before: request =>
        {
            if (request is GetObjectRequest get)
            {
                asked.Add(get.ByteRange.FormattedByteRange);
            }
        });
        Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content.Dispose();
        Assert.Equal([$"bytes=0-{Large - 1}"], asked);

        using var content = Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content;
        using var reader = content.OpenReader();
        var part = new byte[100];
        await ReadAsync(reader, 5_000_000, part);

        Assert.Equal(bytes[5_000_000..5_000_100], part);
        Assert.Equal($"bytes=5000000-{5_000_000 + (4 << 20) - 1}", asked[1]);
        Assert.Null(reader.File);
    }

    [Fact]
    public async Task ChangedWhileItIsDelivered_TheRestIsRefused()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await bucket.PutAsync("a_file", RandomBody.Of(Large));
        var store = bucket.Open();
        Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content.Dispose();
        using var content = Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content;
        using var reader = content.OpenReader();
        var part = new byte[100];
        await ReadAsync(reader, 0, part);

        await bucket.OverwriteAsync("a_file");

        var failure = await Assert.ThrowsAsync<S3Exception>(() => ReadAsync(reader, 10_000_000, part));
        Assert.Equal(S3Fault.Changed, failure.Fault);
    }

    [Fact]
    public async Task ChangedSinceItWasOpened_ItsNewBytesAreHashed()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await bucket.PutAsync("a_file", RandomBody.Of(1000));
        var store = bucket.Open();
        Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content.Dispose();

        await bucket.OverwriteAsync("a_file");

        using var content = Assert.IsType<ObjectContent.Here>(await store.OpenAsync("a_file", Nobody, Cancelled)).Content;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(BucketRig.OtherContent)), await content.Sha256);
    }

    [Fact]
    public async Task BucketWithVersions_NothingIsLeftOfWhatIsDeleted()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, hasVersions: true);
        await bucket.PutAsync("a_file", RandomBody.Of(1000));
        await bucket.PutAsync("a_file", RandomBody.Of(2000));

        Assert.Null(await bucket.Open().DeleteAsync("a_file", Cancelled));

        Assert.Empty(await bucket.VersionsAsync());
    }

    [Fact]
    public async Task MoreObjectsThanAPageHas_AllAreListedWithTheirAge()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, "jobs/");
        await bucket.Client.PutObjectAsync(new() { BucketName = bucket.Bucket, Key = "other", ContentBody = "x" }, Cancelled);
        await Parallel.ForAsync(0, 1010, Cancelled, async (number, cancelled) => await bucket.Client.PutObjectAsync(
            new() { BucketName = bucket.Bucket, Key = $"jobs/{number}_file", ContentBody = "x" }, cancelled));

        var found = new List<ObjectEntry>();
        await foreach (var entry in bucket.Open().ListAsync(Cancelled))
        {
            found.Add(entry);
        }

        Assert.Equal(Enumerable.Range(0, 1010).Select(number => $"{number}_file").Order(), found.Select(one => one.Key).Order());
        var now = TimeProvider.System.GetUtcNow();
        Assert.All(found, one => Assert.InRange(now - one.PutAt, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task UploadThatAKilledProcessLeft_IsSweptAndOthersAreNot()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, "jobs/");
        foreach (var key in new[] { $"jobs/{Guid.NewGuid()}_file", "jobs/other", $"{Guid.NewGuid()}_file" })
        {
            await bucket.Client.InitiateMultipartUploadAsync(new() { BucketName = bucket.Bucket, Key = key }, Cancelled);
        }

        await bucket.SweepAsync();

        var left = await bucket.UploadsAsync();
        Assert.Equal(2, left.Length);
        Assert.Contains("jobs/other", left);
        Assert.Contains(left, key => key.EndsWith("_file", StringComparison.Ordinal) && !key.Contains('/', StringComparison.Ordinal));
    }

    private static async Task ReadAsync(IContentReader reader, long offset, byte[] into)
    {
        for (var read = 0; read < into.Length;)
        {
            read += await reader.ReadAsync(offset + read, into.AsMemory(read), Cancelled);
        }
    }
}
