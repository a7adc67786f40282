using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Three buckets and two queues of their own in a real server, a scanner of the test's, and the host with one flow.</summary>
internal sealed class FlowRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly string _name = $"{Guid.NewGuid():N}"[..12];
    private WebApplication? _application;

    private FlowRig(IS3Server server)
    {
        Options = BucketRig.OptionsOf(server);
        Client = S3Clients.Open(Options);
        Queues = SqsClients.Open($"http://127.0.0.1:{server.Port}/0/q", new SqsOptions(), Options);
    }

    public FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    public S3Options Options { get; }

    public AmazonS3Client Client { get; }

    public AmazonSQSClient Queues { get; }

    public string Untrusted => $"in-{_name}";

    public string Clean => $"clean-{_name}";

    public string Quarantine => $"bad-{_name}";

    public string Queue { get; private set; } = "";

    public string DeadLetters { get; private set; } = "";

    public string Forward { get; private set; } = "";

    public BucketFlowOptions Flow => new()
    {
        Untrusted = $"s3://{Untrusted}",
        Clean = $"s3://{Clean}",
        Quarantine = $"s3://{Quarantine}",
    };

    /// <param name="server">Where the buckets are; moto has queues too.</param>
    /// <param name="hasVersions">Whether the untrusted bucket keeps versions.</param>
    public static async Task<FlowRig> StartAsync(IS3Server server, bool hasVersions = false)
    {
        var rig = new FlowRig(server);
        foreach (var bucket in (string[])[rig.Untrusted, rig.Clean, rig.Quarantine])
        {
            await rig.Client.PutBucketAsync(bucket);
        }

        if (hasVersions)
        {
            await rig.KeepVersionsAsync(rig.Untrusted);
        }

        if (server is MotoServer)
        {
            await rig.CreateQueuesAsync();
        }

        return rig;
    }

    public Task KeepVersionsAsync(string bucket) => Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
    {
        BucketName = bucket,
        VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
    });

    /// <summary>Starts the host; with a queue its workers take from it.</summary>
    public async Task StartHostAsync(params string[] settings)
    {
        string[] all =
        [
            $"--CLAMD_HOSTS={Clamd.Endpoint}",
            $"--SPOOL_PATH={_folder.Path}",
            "--PORT=0",
            "--MANAGEMENT_PORT=0",
            "--STOP_DELAY=0",
            "--STOP_WITHIN=2s",
            "--ClamProxy:Clamd:ProbeInterval=100ms",
            "--LOG_LEVEL=Error",
            $"--S3_ENDPOINT_URL={Options.EndpointUrl}",
            $"--S3_ACCESS_KEY={Options.AccessKey}",
            $"--S3_SECRET_KEY={Options.SecretKey}",
            "--ClamProxy:Sqs:WaitTime=1s",
            .. settings,
        ];
        var (application, problems) = ProxyApplication.Build(all);
        Assert.True(application is not null, string.Join('\n', problems));
        _application = application;
        await application.StartAsync();
        await UntilAsync(() => Task.FromResult(application.Services.GetRequiredService<IScanners>().CanScan));
    }

    /// <summary>The settings of a flow whose workers take from the queue.</summary>
    public string[] Watching(params string[] settings) =>
    [
        "--DOORS=buckets",
        $"--ClamProxy:Buckets:uploads:Untrusted=s3://{Untrusted}",
        $"--ClamProxy:Buckets:uploads:Clean=s3://{Clean}",
        $"--ClamProxy:Buckets:uploads:Quarantine=s3://{Quarantine}",
        $"--ClamProxy:Buckets:uploads:Queue={Queue}",
        "--ClamProxy:Buckets:uploads:RetryPause=0",
        .. settings,
    ];

    /// <summary>The flow by itself, as a process of its own would have it.</summary>
    /// <param name="before">Sees each request to the store before it is sent; what it throws, the call does.</param>
    /// <param name="user">Whose keys; null: the buckets' owner's.</param>
    public BucketFlow Open(BucketFlowOptions? options = null, Action<AmazonWebServiceRequest>? before = null, S3Options? user = null)
    {
        var services = _application!.Services;
        var client = S3Clients.Open(user ?? Options);
        client.BeforeRequestEvent += (_, request) => before?.Invoke(((WebServiceRequestEventArgs)request).Request);
        var buckets = new BucketSet(client, Options, TimeProvider.System);
        var intake = new S3Intake(
            services.GetRequiredService<ContentIntake>(), services.GetRequiredService<IntakeOptions>(), Options, TimeProvider.System);
        return new BucketFlow(
            options ?? Flow,
            buckets,
            new BucketPlacement(options ?? Flow, buckets),
            intake,
            services.GetRequiredService<ContentScanner>(),
            new BucketNotices(forward: null, topic: null));
    }

    /// <returns>The version's id; null: the bucket has none.</returns>
    public async Task<string?> PutAsync(string key, byte[] bytes, string? bucket = null)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket ?? Untrusted,
            Key = key,
            InputStream = new MemoryStream(bytes),
            ContentType = "text/plain",
            TagSet = [new() { Key = "owner", Value = "me" }],
        };
        request.Metadata["colour"] = "red";
        return (await Client.PutObjectAsync(request)).VersionId;
    }

    public ObjectEvent Told(string key, string? version = null, string? sequencer = null) =>
        new(Untrusted, key) { VersionId = version, Sequencer = ObjectSequencer.Parse(sequencer), At = TimeProvider.System.GetUtcNow() };

    /// <summary>Sends what Amazon S3 sends.</summary>
    public Task TellAsync(string key, string? bucket = null, string? queue = null) =>
        SendAsync(EventOf(bucket ?? Untrusted, key), queue);

    public static string EventOf(string bucket, string key) => JsonSerializer.Serialize(new
    {
        Records = new[]
        {
            new
            {
                eventSource = "aws:s3",
                eventName = "ObjectCreated:Put",
                eventTime = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
                s3 = new { bucket = new { name = bucket }, @object = new { key = System.Net.WebUtility.UrlEncode(key) } },
            },
        },
    });

    public Task SendAsync(string body, string? queue = null) => Queues.SendMessageAsync(queue ?? Queue, body);

    public async Task<string[]> KeysAsync(string bucket) =>
        [.. ((await Client.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? []).Select(one => one.Key)];

    public async Task<byte[]> BytesAsync(string bucket, string key)
    {
        using var got = await Client.GetObjectAsync(bucket, key);
        using var bytes = new MemoryStream();
        await got.ResponseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public async Task<Dictionary<string, string>> TagsAsync(string bucket, string key) =>
        (await Client.GetObjectTaggingAsync(new() { BucketName = bucket, Key = key }))
            .Tagging.ToDictionary(tag => tag.Key, tag => tag.Value);

    /// <summary>
    /// Messages of a queue: those that wait, and those that are hidden. The server counts the one, then the other, and so misses one that
    /// stops being hidden in between: it is asked twice before there is none.
    /// </summary>
    public async Task<int> MessagesAsync(string queue) => await CountAsync(queue) is > 0 and var count ? count : await CountAsync(queue);

    public async Task<string?> TakeAsync(string queue) =>
        (await Queues.ReceiveMessageAsync(queue)).Messages is [var message, ..] ? message.Body : null;

    /// <summary>A topic whose notices go to the queue <see cref="Forward"/>.</summary>
    public async Task<string> TopicAsync()
    {
        var arn = $"arn:aws:sns:us-east-1:123456789012:viruses-{_name}";
        await SnsAsync(new() { ["Action"] = "CreateTopic", ["Name"] = $"viruses-{_name}" });
        await SnsAsync(new()
        {
            ["Action"] = "Subscribe",
            ["TopicArn"] = arn,
            ["Protocol"] = "sqs",
            ["Endpoint"] = $"arn:aws:sqs:us-east-1:123456789012:next-{_name}",
        });
        return arn;
    }

    /// <summary>Has a store that takes topics itself, as Ceph does, send the untrusted bucket's events to a URL.</summary>
    public async Task PushToAsync(string url)
    {
        var topic = await SnsAsync(new()
        {
            ["Action"] = "CreateTopic",
            ["Name"] = $"push-{_name}",
            ["Attributes.entry.1.key"] = "push-endpoint",
            ["Attributes.entry.1.value"] = url,
        });
        await Client.PutBucketNotificationAsync(new PutBucketNotificationRequest
        {
            BucketName = Untrusted,
            TopicConfigurations =
            [
                new()
                {
                    Id = "push",
                    Topic = XDocument.Parse(topic).Descendants().First(one => one.Name.LocalName == "TopicArn").Value,
                    Events = [EventType.ObjectCreatedAll],
                },
            ],
        });
    }

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private async Task CreateQueuesAsync()
    {
        DeadLetters = (await Queues.CreateQueueAsync($"dead-{_name}")).QueueUrl;
        Forward = (await Queues.CreateQueueAsync($"next-{_name}")).QueueUrl;
        var arn = $"arn:aws:sqs:us-east-1:123456789012:dead-{_name}";
        Queue = (await Queues.CreateQueueAsync(new CreateQueueRequest
        {
            QueueName = $"events-{_name}",
            Attributes = new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":"3"}""" },
        })).QueueUrl;
    }

    private async Task<int> CountAsync(string queue)
    {
        var counts = await Queues.GetQueueAttributesAsync(
            queue, ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]);
        return counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible;
    }

    private async Task<string> SnsAsync(Dictionary<string, string> fields)
    {
        using var http = new HttpClient();
        using var request = await SignedForm.PostAsync(
            new UriBuilder(Options.EndpointUrl).Uri,
            fields,
            new AwsSignature(
                "sns",
                "us-east-1",
                new ImmutableCredentials(Options.AccessKey, Options.SecretKey, null),
                TimeProvider.System.GetUtcNow()));

        // Ceph takes a password in a topic's URL by HTTPS alone, or where a proxy says so.
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        await Clamd.DisposeAsync();
        Client.Dispose();
        Queues.Dispose();
        _folder.Dispose();
    }
}
