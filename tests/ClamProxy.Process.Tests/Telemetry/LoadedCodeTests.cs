using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Telemetry;

/// <summary>
/// What settings call for is in the process when it is ready, where .NET loads code file by file: it may have no descriptor later. The
/// rest costs nothing.
/// </summary>
public sealed class LoadedCodeTests : IDisposable
{
    private static readonly string[] Unused =
    [
        "Microsoft.AspNetCore.Mvc.Core", "Microsoft.AspNetCore.Server.IIS", "Microsoft.AspNetCore.Server.HttpSys", "Spectre.Console",
        "AWSSDK.S3", "Confluent.Kafka", "Grpc.AspNetCore.Server", "Scalar.AspNetCore", "Microsoft.Data.Sqlite", "OpenTelemetry",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol")]
    [InlineData("RECORD_PATH=record", "Microsoft.Data.Sqlite", "System.Data.Common")]
    [InlineData("DOORS=proxy,ext-proc", "Grpc.AspNetCore.Server", "Google.Protobuf", "Grpc.HealthCheck")]
    [InlineData("DOORS=api DATA_PATH=data", "Scalar.AspNetCore", "AWSSDK.S3", "AWSSDK.SQS", "Confluent.Kafka", "Microsoft.Data.Sqlite")]
    [InlineData("ClamProxy__Routes__a__Path=/a ClamProxy__Routes__a__Upstream=s3://files", "AWSSDK.S3", "AWSSDK.Core")]
    public async Task Setting_LoadsItsCodeAtTheStart(string given, params string[] expected)
    {
        await using var clamd = FakeClamd.OnTcp();
        var settings = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["STOP_DELAY"] = "0",
            ["API_PORT"] = $"{FreePort.Next()}",
            ["EXT_PROC_PORT"] = $"{FreePort.Next()}",
            ["S3_ENDPOINT_URL"] = "http://127.0.0.1:9",
            ["S3_ACCESS_KEY"] = "key",
            ["S3_SECRET_KEY"] = "secret",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20hunter2",
        };
        foreach (var setting in given.Split(' ').Select(setting => setting.Split('=', 2)))
        {
            settings[setting[0]] = setting[0] is "DATA_PATH" or "RECORD_PATH" ? _folder.File(setting[1]) : setting[1];
        }

        await using var proxy = await ProxyProcess.StartAsync(settings, waitUntilReady: false, program: ProxyProgram.OfDotnet);

        Assert.Empty(expected.Except(LoadedBy(proxy)));
        Assert.DoesNotContain("hunter2", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessWithNothingSet_HasNoCodeThatItDoesNotUse_AndLoadsNoneLater()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", new byte[100_000]);
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["CLAMD_HOSTS"] = clamd.Endpoint,
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
                ["STOP_DELAY"] = "0",
            },
            program: ProxyProgram.OfDotnet);
        var loaded = LoadedBy(proxy);
        Assert.Contains("ClamProxy.Core", loaded);
        Assert.Empty(loaded.Intersect(Unused));

        foreach (var path in new[] { "/file", "/file", "/missing" })
        {
            using var answer = await proxy.GetAsync(path, origin.Url, cacheScan: true);
            Assert.Equal(path == "/file" ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
        }

        using (var request = proxy.Request("/file", origin.Url, method: HttpMethod.Head))
        using (var head = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        }

        using (var refused = await proxy.GetAsync("/file", "http://192.0.2.1"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        foreach (var page in new[] { "/", "/metrics", "/healthz" })
        {
            using var answer = await proxy.Management.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
        }

        Assert.Empty(LoadedBy(proxy).Except(loaded));
    }

    private static HashSet<string> LoadedBy(ProxyProcess proxy) =>
    [
        .. File.ReadLines($"/proc/{proxy.Id}/maps").Select(line => line[(line.LastIndexOf('/') + 1)..])
            .Where(name => name.EndsWith(".dll", StringComparison.Ordinal)).Select(name => name[..^".dll".Length]),
    ];
}
