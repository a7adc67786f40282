using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Telemetry;

/// <summary>The real host and the real exporter; they listen to every host of this process, so no other tests run meanwhile.</summary>
[Collection(Alone.Name)]
public sealed class CollectorTests
{
    private const int Requests = 100;
    private static readonly byte[] Content = [1, 2, 3];

    /// <summary>For those whose collector answers: what is sent when the process ends must arrive on a busy machine too.</summary>
    private const string PatientFlush = "--ClamProxy:Telemetry:FlushWithin=10s";

    /// <summary>Below the 60 s that a collector may take here; far above <c>FlushWithin</c> of 1 s.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Collector_GetsTracesAndMetricsBeforeTheProcessEnds()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var world = await StartAsync(
            collector.Url, PatientFlush, "--OTEL_EXPORTER_OTLP_HEADERS=x-token=a%20secret", "--OTEL_SERVICE_NAME=here",
            "--OTEL_RESOURCE_ATTRIBUTES=team=blue"))
        {
            await AskAsync(world);
        }

        var traces = string.Concat(collector.Posts.Where(post => post.Path == "/v1/traces").Select(post => post.Body));
        var metrics = string.Concat(collector.Posts.Where(post => post.Path == "/v1/metrics").Select(post => post.Body));
        Assert.All(collector.Posts, post => Assert.Equal("a secret", post.Token));
        Assert.All(new[] { "clamproxy.lookup", "clamproxy.fetch", "clamproxy.scan", "clamproxy.deliver", "here", "team", "blue" }, text =>
            Assert.Contains(text, traces, StringComparison.Ordinal));
        Assert.Contains("clamproxy.gate.requests", metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet.process.memory.working_set", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalThatIsOff_IsNotSent()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var world = await StartAsync(collector.Url, PatientFlush, "--OTEL_METRICS_EXPORTER=none"))
        {
            await AskAsync(world);
        }

        Assert.NotEmpty(collector.Posts);
        Assert.All(collector.Posts, post => Assert.Equal("/v1/traces", post.Path));
    }

    [Theory]
    [InlineData("--OTEL_SDK_DISABLED=true")]
    [InlineData("--OTEL_TRACES_SAMPLER=always_off")]
    public async Task NothingToSend_NoTraces(string setting)
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var world = await StartAsync(collector.Url, setting, "--OTEL_METRICS_EXPORTER=none"))
        {
            await AskAsync(world);
        }

        Assert.Empty(collector.Posts);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task DeadCollector_DisturbsNeitherRequestsNorTheStop(string protocol)
    {
        var world = await StartAsync($"http://127.0.0.1:{FreePort.Next()}", $"--OTEL_EXPORTER_OTLP_PROTOCOL={protocol}");
        await AskAsync(world);
        await StopsSoonAsync(world);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task SilentCollector_DisturbsNeitherRequestsNorTheStop(string protocol)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var world = await StartAsync(
            $"http://{silent.LocalEndpoint}", $"--OTEL_EXPORTER_OTLP_PROTOCOL={protocol}",
            "--OTEL_BSP_SCHEDULE_DELAY=10", "--OTEL_METRIC_EXPORT_INTERVAL=100");
        await AskAsync(world);
        using var export = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await AskAsync(world);
        await StopsSoonAsync(world);
    }

    [Fact]
    public async Task MoreSpansThanMayWait_AreDropped()
    {
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await FakeCollector.StartAsync();
        collector.MayAnswer = mayAnswer.Task;
        await using (var world = await StartAsync(
            collector.Url, PatientFlush, "--OTEL_BSP_MAX_QUEUE_SIZE=16", "--OTEL_METRICS_EXPORTER=none"))
        {
            for (var i = 0; i < Requests; i++)
            {
                await AskAsync(world);
            }

            mayAnswer.SetResult();
        }

        // One batch that is being sent, one full queue, and what came while that was sent.
        var sent = collector.Posts.Sum(post => Regex.Count(post.Body, "clamproxy.deliver"));
        Assert.InRange(sent, 1, 3 * 16);
    }

    private static Task<ProxyWorld> StartAsync(string endpoint, params string[] settings) => ProxyWorld.StartAsync(
        [$"--OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}", "--OTEL_EXPORTER_OTLP_TIMEOUT=60000", .. settings]);

    private static async Task AskAsync(ProxyWorld world)
    {
        world.Origin.On("/file", Content);
        Assert.Equal(200, (await world.GetAsync("/file", cacheScan: true)).Status);
    }

    private static Task StopsSoonAsync(ProxyWorld world) =>
        world.DisposeAsync().AsTask().WaitAsync(Soon, TestContext.Current.CancellationToken);
}
