using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>What a store does with objects beyond keeping them has a clear outcome each.</summary>
public sealed class BucketStoreTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Key = "a/file.txt";
    private const int Large = 6_000_000;
    private static readonly byte[] Fine = [.. "fine"u8];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LockedVersion_IsPlacedAndItsMessageSaysWhyItStays()
    {
        await using var rig = await StartAsync();
        var locked = $"locked-{rig.Untrusted}";
        await rig.Client.PutBucketAsync(new PutBucketRequest { BucketName = locked, ObjectLockEnabledForBucket = true }, Cancelled);
        var put = await rig.Client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = locked,
                Key = Key,
                ContentBody = "fine",
                ChecksumAlgorithm = ChecksumAlgorithm.CRC32,
                ObjectLockMode = ObjectLockMode.Governance,
                ObjectLockRetainUntilDate = TimeProvider.System.GetUtcNow().AddDays(1).UtcDateTime,
            },
            Cancelled);
        var options = new BucketFlowOptions
        {
            Untrusted = $"s3://{locked}",
            Clean = rig.Flow.Clean,
            Quarantine = rig.Flow.Quarantine,
        };

        var result = await rig.Open(options).RunAsync(rig.Told(Key, put.VersionId) with { Bucket = locked }, Cancelled);

        Assert.Contains("Object Lock", Assert.IsType<FlowResult.Later>(result).Failure.DetailAndCause, StringComparison.Ordinal);
        Assert.Equal([Key], await rig.KeysAsync(locked));
        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, Key));
    }

    [Fact]
    public async Task VersionBehindADeleteMarker_IsMovedAndTheMarkerStays()
    {
        await using var rig = await StartAsync(hasVersions: true);
        var version = await rig.PutAsync(Key, Fine);
        await rig.Client.DeleteObjectAsync(rig.Untrusted, Key, Cancelled);

        Assert.IsType<FlowResult.Unneeded>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));
        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key, version), Cancelled));

        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, Key));
        var left = (await rig.Client.ListVersionsAsync(rig.Untrusted, Cancelled)).Versions ?? [];
        Assert.All(left, one => Assert.True(one.IsDeleteMarker));
    }

    [Fact]
    public async Task EncryptedByAKeyOfKms_IsMoved()
    {
        await using var rig = await StartAsync();
        await rig.Client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = rig.Untrusted,
                Key = Key,
                ContentBody = "fine",
                ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS,
            },
            Cancelled);

        Assert.IsType<FlowResult.Done>(await rig.Open().RunAsync(rig.Told(Key), Cancelled));

        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, Key));
    }

    [Fact]
    public async Task UploadInPartsThatFails_IsAborted()
    {
        await using var rig = await StartAsync();
        await rig.PutAsync(Key, RandomBody.Of(Large));
        var flow = rig.Open(before: request =>
        {
            if (request is CompleteMultipartUploadRequest)
            {
                throw new AmazonS3Exception("the store is full");
            }
        });

        Assert.IsType<FlowResult.Later>(await flow.RunAsync(rig.Told(Key), Cancelled));

        var uploads = await rig.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = rig.Clean }, Cancelled);
        Assert.Empty(uploads.MultipartUploads ?? []);
        Assert.Equal([Key], await rig.KeysAsync(rig.Untrusted));
    }

    private async Task<FlowRig> StartAsync(bool hasVersions = false)
    {
        var rig = await FlowRig.StartAsync(moto.Server, hasVersions);
        await rig.StartHostAsync();
        return rig;
    }
}
