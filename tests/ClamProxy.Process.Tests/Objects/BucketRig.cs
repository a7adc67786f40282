using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>
/// A bucket of its own in a real server, the store of objects in it, and a client that looks at it past the code under test.
/// </summary>
internal sealed class BucketRig : IAsyncDisposable
{
    private readonly TempSpool _spool = new();
    private readonly List<S3Calls> _open = [];

    private BucketRig(S3Options options, string prefix) => (Options, Prefix) = (options, prefix);

    public S3Options Options { get; }

    public string Bucket { get; } = $"contents-{Guid.NewGuid():N}";

    public string Prefix { get; }

    public FakeLogCollector Log { get; } = new();

    public AmazonS3Client Client => field ??= S3Clients.Open(Options);

    public static S3Options OptionsOf(IS3Server server, int? port = null, string? secretKey = null, string? accessKey = null) => new()
    {
        EndpointUrl = $"http://127.0.0.1:{port ?? server.Port}",
        AccessKey = accessKey ?? server.AccessKey,
        SecretKey = secretKey ?? server.SecretKey,
        PartSize = 5 << 20,
        CopyPartSize = 5 << 20,
    };

    public static async Task<BucketRig> StartAsync(IS3Server server, string prefix = "", bool hasVersions = false)
    {
        var rig = new BucketRig(OptionsOf(server), prefix);
        await rig.Client.PutBucketAsync(rig.Bucket, TestContext.Current.CancellationToken);
        if (hasVersions)
        {
            await rig.Client.PutBucketVersioningAsync(
                new PutBucketVersioningRequest
                {
                    BucketName = rig.Bucket,
                    VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
                },
                TestContext.Current.CancellationToken);
        }

        return rig;
    }

    /// <summary>What somebody else puts in place of a content.</summary>
    public static byte[] OtherContent { get; } = [.. "somebody else's"u8];

    /// <summary>The store, as a process of its own would have it.</summary>
    /// <param name="before">Sees each request before it is sent; what it throws, the call does.</param>
    public S3Objects Open(S3Options? options = null, Action<AmazonWebServiceRequest>? before = null) =>
        Make(options ?? Options, before: before).Objects;

    public S3Check Check(S3Options options, string? bucket = null) => Make(options, bucket).Check;

    public async Task PutAsync(string key, byte[] bytes) => Assert.Null(await PutAsync(key, bytes, Open(), CancellationToken.None));

    public async Task<Failure?> PutAsync(string key, byte[] bytes, S3Objects store, CancellationToken cancellationToken)
    {
        var intake = new ContentIntake(_spool.Folder, new IntakeOptions(), TimeProvider.System);
        var taken = await intake.TakeAsync(
            new MemoryStream(bytes), new IntakeTerms(bytes.Length), TestContext.Current.CancellationToken);
        using var file = Assert.IsType<IntakeResult.Taken>(taken).File;
        using var reader = file.OpenReader();
        return await store.PutAsync(key, reader, cancellationToken);
    }

    public Task<Failure?> TryPutAsync(S3Objects store, byte[] bytes) =>
        PutAsync("a_file", bytes, store, TestContext.Current.CancellationToken);

    public Task OverwriteAsync(string key) => Client.PutObjectAsync(
        new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = new MemoryStream(OtherContent) },
        TestContext.Current.CancellationToken);

    public async Task<byte[]> BytesAsync(string key)
    {
        using var got = await Client.GetObjectAsync(Bucket, key, TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        await got.ResponseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    /// <summary>Takes the right to put objects away, from everybody.</summary>
    public Task AllowOnlyReadingAsync() => Client.PutBucketPolicyAsync(
        Bucket,
        $$"""
        {
          "Version": "2012-10-17",
          "Statement": [
            { "Effect": "Deny", "Principal": "*", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::{{Bucket}}/*"] }
          ]
        }
        """,
        TestContext.Current.CancellationToken);

    /// <summary>Lists, as the sweep of jobs does, which aborts uploads that were left behind.</summary>
    public async Task SweepAsync()
    {
        await foreach (var _ in Open().ListAsync(TestContext.Current.CancellationToken))
        {
        }
    }

    public async Task<string[]> KeysAsync() =>
        [.. ((await Client.ListObjectsV2Async(new() { BucketName = Bucket }, TestContext.Current.CancellationToken)).S3Objects ?? [])
            .Select(one => one.Key)];

    /// <summary>Every version of every key, and what marks one as deleted.</summary>
    public async Task<string[]> VersionsAsync() =>
        [.. ((await Client.ListVersionsAsync(Bucket, TestContext.Current.CancellationToken)).Versions ?? [])
            .Where(one => one.IsDeleteMarker is not true)
            .Select(one => one.Key)];

    public async Task<string[]> UploadsAsync() =>
        [.. ((await Client.ListMultipartUploadsAsync(
                new ListMultipartUploadsRequest { BucketName = Bucket }, TestContext.Current.CancellationToken)).MultipartUploads ?? [])
            .Select(one => one.Key)];

    public ValueTask DisposeAsync()
    {
        _open.ForEach(calls => calls.Dispose());
        Client.Dispose();
        _spool.Dispose();
        return ValueTask.CompletedTask;
    }

    private (S3Objects Objects, S3Check Check) Make(
        S3Options options, string? bucketName = null, Action<AmazonWebServiceRequest>? before = null)
    {
        var place = new S3Place(bucketName ?? Bucket, Prefix);
        var client = S3Clients.Open(options);
        client.BeforeRequestEvent += (_, request) => before?.Invoke(((WebServiceRequestEventArgs)request).Request);
        var calls = new S3Calls(client, options, place.Bucket, TimeProvider.System);
        _open.Add(calls);
        var bucket = new Core.Objects.S3.S3Bucket(calls);
        var check = new S3Check(bucket, place, TimeProvider.System, new FakeLogger<S3Check>(Log));
        var intake = new ContentIntake(_spool.Folder, new IntakeOptions(), TimeProvider.System);
        return (
            new S3Objects(
                bucket,
                new S3Parts(calls, options),
                place,
                check,
                new S3Intake(intake, new IntakeOptions(), options, TimeProvider.System)),
            check);
    }
}
