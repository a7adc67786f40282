using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.ExtProc;
using Grpc.Core;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Process.Tests.Telemetry;

/// <summary>
/// One process with every door that clients ask, and a real receiver of its traces: each request is one trace with its steps.
/// </summary>
public sealed class ReceivedTraceTests
{
    private const string Secret = "s3cret-of-a-client";
    private static readonly string[] Scanned = ["clamproxy.scan", "clamproxy.record"];

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task RequestOfEachDoor_IsOneTraceOfItsSteps(string protocol)
    {
        await using var receiver = await TraceReceiver.StartAsync();
        await using var clamd = await ClamdProcess.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        using var data = new TempFolder();
        origin.On("/file", "a file of the proxy"u8.ToArray());
        var (api, icap, envoy) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOORS"] = "proxy,api,icap,ext-proc",
            ["DATA_PATH"] = data.Path,
            ["API_PORT"] = $"{api}",
            ["ICAP_PORT"] = $"{icap}",
            ["EXT_PROC_PORT"] = $"{envoy}",
            ["ALLOWED_UPSTREAMS"] = "127.0.0.0/8",
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = protocol == "grpc" ? receiver.Grpc : receiver.Http,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_METRICS_EXPORTER"] = "none",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["ClamProxy__Listen__Address"] = "127.0.0.1",
            ["STOP_DELAY"] = "0",
        });

        await HasStepsAsync(
            "GET",
            [.. Scanned, "clamproxy.lookup", "clamproxy.wait", "clamproxy.flight", "clamproxy.fetch", "clamproxy.deliver"],
            async parent =>
            {
                using var request = proxy.Request($"/file?token={Secret}", origin.Url, cacheScan: true);
                request.Headers.Add("traceparent", parent);
                request.Headers.Add("Authorization", $"Bearer {Secret}");
                using var answer = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            });
        await HasStepsAsync("POST /scan", Scanned, async parent =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{api}/scan?token={Secret}");
            request.Headers.Add("traceparent", parent);
            request.Content = new StringContent("a file of the API");
            using var answer = await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });
        await HasStepsAsync("clamproxy.icap", Scanned, parent => LendByIcapAsync(icap, parent));
        await HasStepsAsync(
            "envoy.service.ext_proc.v3.ExternalProcessor/Process",
            [.. Scanned, "clamproxy.ext_proc.body"],
            parent => LendAsEnvoyAsync(envoy, parent));

        async Task HasStepsAsync(string request, string[] steps, Func<string, Task> askAsync)
        {
            var (trace, client) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
            await askAsync($"00-{trace}-{client}-01");

            var spans = await receiver.TraceAsync(trace, client, [request, .. steps]);

            Assert.Equal(request, Assert.Single(spans, span => span.Parent == client).Name);
            Assert.All(spans, span => Assert.True(
                span.Parent == client || spans.Any(other => other.Id == span.Parent), $"{span.Name} is a part of nothing"));
            Assert.All(spans, span => Assert.DoesNotContain(Secret, span.Json, StringComparison.Ordinal));
        }
    }

    private static async Task LendByIcapAsync(int port, string parent)
    {
        const string Head = "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n";
        var message = $"RESPMOD icap://127.0.0.1/respmod ICAP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\ntraceparent: {parent}\r\n"
            + $"Encapsulated: res-hdr=0, res-body={Head.Length}\r\n\r\n{Head}e\r\na file of ICAP\r\n0\r\n\r\n";
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(message), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal("ICAP/1.0 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static async Task LendAsEnvoyAsync(int port, string parent)
    {
        using var channel = ScriptedEnvoy.Channel($"http://127.0.0.1:{port}");
        using var envoy = new ScriptedEnvoy(
            channel,
            ScriptedEnvoy.Modes(BodySendMode.None, BodySendMode.Buffered),
            new Metadata { { "traceparent", parent } },
            TestContext.Current.CancellationToken);
        await envoy.SayRequestHeadAsync("http://files.example/file");
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        await envoy.HearAsync(Kind.ResponseHeaders);
        await envoy.SayResponseBodyAsync("a file of Envoy"u8.ToArray(), isEnd: true);
        await envoy.HearAsync(Kind.ResponseBody);
    }
}
