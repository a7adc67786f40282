using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>A bucket of its own in a real server, the store of objects in it, and a client that looks at it past the code under test.</summary>
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

    /// <summary>The store, as a process of its own would have it.</summary>
    public S3Objects Open(S3Options? options = null) => Make(options ?? Options).Objects;

    public S3Check Check(S3Options options, string? bucket = null) => Make(options, bucket).Check;

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

    private (S3Objects Objects, S3Check Check) Make(S3Options options, string? bucketName = null)
    {
        var place = new S3Place(bucketName ?? Bucket, Prefix);
        var calls = new S3Calls(S3Clients.Open(options), options, place.Bucket, TimeProvider.System);
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
