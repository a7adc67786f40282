using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// A bucket in moto, behind a relay for each process. moto has everything in memory: it is not killed, but cut off, or stopped.
/// </summary>
internal sealed class BucketUnderTest : IObjectsUnderTest
{
    private const string Bucket = "contents";
    private const int PartSize = 5 << 20;

    private readonly MotoServer _server;
    private readonly AmazonS3Client _client;
    private readonly Dictionary<JobPart, FlakyRelay> _relays;
    private bool _isFrozen;

    private BucketUnderTest(MotoServer server)
    {
        _server = server;
        _client = new AmazonS3Client(
            new BasicAWSCredentials(server.AccessKey, server.SecretKey),
            new AmazonS3Config { ServiceURL = UrlOf(server.Port), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        _relays = new[] { JobPart.Api, JobPart.Worker }.ToDictionary(role => role, _ => new FlakyRelay(server.Port));
    }

    public bool IsBucket => true;

    public int LargeSize => PartSize / 5 * 6;

    public static async Task<IObjectsUnderTest> StartAsync()
    {
        var bucket = new BucketUnderTest(await MotoServer.StartAsync());
        await bucket._client.PutBucketAsync(Bucket);
        return bucket;
    }

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) => new Dictionary<string, string>
    {
        ["STORAGE_URL"] = $"s3://{Bucket}",
        ["S3_ENDPOINT_URL"] = UrlOf(_relays[role].Port),
        ["S3_ACCESS_KEY"] = _server.AccessKey,
        ["S3_SECRET_KEY"] = _server.SecretKey,
        ["ClamProxy__S3__Timeout"] = "1s",
        ["ClamProxy__S3__Attempts"] = "3",
        ["ClamProxy__S3__PartSize"] = "5M",
        ["ClamProxy__S3__CopyPartSize"] = "5M",
    };

    public IEnumerable<JobDeath> DeathsAt(JobStep step)
    {
        var isCall = step.Call.StartsWith("IObjectStore", StringComparison.Ordinal);
        yield return JobDeath.CutOff;
        if (isCall && step.IsBefore)
        {
            yield return JobDeath.Frozen;
        }

        if (isCall && !step.IsWithin && step != JobStep.Scanning)
        {
            yield return JobDeath.AnswerLost;
        }
    }

    public async Task FailAsync(JobDeath death)
    {
        if (death == JobDeath.Frozen)
        {
            _server.Freeze();
            _isFrozen = true;
        }
        else
        {
            await Task.WhenAll(_relays.Values.Select(relay => relay.RefuseAsync()));
        }
    }

    public Task RecoverAsync()
    {
        if (_isFrozen)
        {
            _server.Thaw();
            _isFrozen = false;
        }

        foreach (var relay in _relays.Values)
        {
            // What was held on its way is lost.
            relay.ResetAll();
            relay.Mode = RelayMode.Pass;
            relay.Listen();
        }

        return Task.CompletedTask;
    }

    public LostAnswers LoseAnswersTo(JobPart role)
    {
        var relay = _relays[role];
        return new LostAnswers(relay.LoseAnswers(), () => relay.Mode = RelayMode.Pass);
    }

    public Task HangWithin(JobStep step)
    {
        if (step == JobStep.Copied)
        {
            return _relays[step.Actor].HangAt(piece => piece.Span.StartsWith("DELETE "u8));
        }

        // In the second part of what is larger than one.
        long sent = 0;
        return _relays[step.Actor].HangAt(piece => (sent += piece.Length) > PartSize + (PartSize / 10));
    }

    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var objects = await _client.ListObjectsV2Async(new() { BucketName = Bucket });
        var uploads = await _client.ListMultipartUploadsAsync(Bucket);
        return
        [
            .. (objects.S3Objects ?? []).Select(one => one.Key),
            .. (uploads.MultipartUploads ?? []).Select(upload => $"unfinished/{upload.Key}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays.Values)
        {
            await relay.DisposeAsync();
        }

        _client.Dispose();
        await _server.DisposeAsync();
    }

    private static string UrlOf(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
