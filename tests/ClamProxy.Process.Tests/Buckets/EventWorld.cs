using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ClamProxy.Process.Tests.Buckets.Sources;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>One host with a flow for each kind of source, each of these a real server: what all tests of a class share.</summary>
public sealed class EventWorld : IAsyncLifetime
{
    public const string Token = "0123456789abcdef-the-token-of-a-test";
    private const string Stream = "stream-events";
    private const string List = "minio-events";
    private const string Topic = "bucket-events";

    public static readonly string[] Sources = ["sqs", "webhook", "stream", "list", "kafka"];

    private readonly MotoFixture _moto = new();
    private readonly KafkaFixture _kafka = new();
    private readonly TempFolder _data = new();
    private RedisProcess _redis = null!;

    internal FlowRig Rig { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    internal RedisProcess Redis => _redis;

    public async ValueTask InitializeAsync()
    {
        await _moto.InitializeAsync();
        _redis = await RedisProcess.StartAsync();
        _kafka.Cluster.AddTopic(Topic, 1);
        _kafka.Cluster.AddTopic($"{Topic}.dead", 1);
        Rig = await FlowRig.StartAsync(_moto.Server, hasVersions: true);
        var port = FreePort.Next();
        Api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri };
        await Rig.StartHostAsync(
        [
            "--DOORS=api,buckets",
            $"--API_PORT={port.ToString(CultureInfo.InvariantCulture)}",
            $"--DATA_PATH={_data.Path}",
            "--ClamProxy:Objects:MinFree=0",
            "--ClamProxy:Events:MaxMessage=64K",
            $"--ClamProxy:Buckets:sqs:Queue={Rig.Queue}",
            "--ClamProxy:Buckets:webhook:Source=webhook",
            $"--ClamProxy:Buckets:webhook:Token={Token}",
            $"--ClamProxy:Buckets:stream:Source={_redis.Url}?stream={Stream}",
            $"--ClamProxy:Buckets:list:Source={_redis.Url}?list={List}",
            $"--ClamProxy:Buckets:kafka:Source=kafka://{_kafka.Cluster.Servers}/{Topic}",
            .. Sources.SelectMany(name => (string[])
            [
                $"--ClamProxy:Buckets:{name}:Untrusted=s3://{Rig.Untrusted}/{name}",
                $"--ClamProxy:Buckets:{name}:Clean=s3://{Rig.Clean}/{name}",
                $"--ClamProxy:Buckets:{name}:Quarantine=s3://{Rig.Quarantine}/{name}",
                $"--ClamProxy:Buckets:{name}:RetryPause=0",
                $"--ClamProxy:Buckets:{name}:Attempts=2",
                $"--ClamProxy:Buckets:{name}:Workers=2",
            ]),
        ]);
    }

    public Task SendAsync(string source, string body) => source switch
    {
        "sqs" => Rig.SendAsync(body),
        "webhook" => PostedAsync(body),
        "stream" => _redis.AskAsync("XADD", Stream, "*", "event", body),
        "list" => _redis.AskAsync("RPUSH", List, body),
        "kafka" => _kafka.SendAsync(Topic, body),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    public async Task<HttpResponseMessage> PostAsync(string body, string? authorization = "Bearer " + Token, string path = "/events")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await Api.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (Rig is not null)
        {
            await Rig.DisposeAsync();
        }

        _kafka.Dispose();
        await _redis.DisposeAsync();
        await _moto.DisposeAsync();
        _data.Dispose();
    }

    private async Task PostedAsync(string body)
    {
        using var answer = await PostAsync(body);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}
