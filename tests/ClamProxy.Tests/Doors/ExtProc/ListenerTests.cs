using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Workers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>What else is at the door's port: health, TLS, nothing of the proxy; and the door where workers scan.</summary>
public sealed class ListenerTests
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    private static readonly Marshaller<HealthCheckRequest> Requests =
        Marshallers.Create(message => message.ToByteArray(), HealthCheckRequest.Parser.ParseFrom);

    private static readonly Marshaller<HealthCheckResponse> Responses =
        Marshallers.Create(message => message.ToByteArray(), HealthCheckResponse.Parser.ParseFrom);

    [Theory]
    [InlineData("")]
    [InlineData("envoy.service.ext_proc.v3.ExternalProcessor")]
    public async Task Health_SaysWhatReadinessSays(string service)
    {
        await using var world = await EnvoyWorld.StartAsync();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(world, service));

        world.Clamd.Stop();
        await world.Host.WaitForMetricAsync("clamproxy_clamd_scanner_up", 0);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await CheckAsync(world, service));
    }

    [Fact]
    public async Task HealthOfAnotherService_IsNotFound()
    {
        await using var world = await EnvoyWorld.StartAsync();

        var answer = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(world, "other"));

        Assert.Equal(StatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task WatchedHealth_IsToldAtOnce()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var watch = world.Channel.CreateCallInvoker().AsyncServerStreamingCall(
            HealthMethod("Watch", MethodType.ServerStreaming), null, default, new HealthCheckRequest());

        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken).WaitAsync(ScriptedEnvoy.Limit));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.ResponseStream.Current.Status);
    }

    [Fact]
    public async Task Reflection_IsNotOffered()
    {
        await using var world = await EnvoyWorld.StartAsync();
        var method = new Method<HealthCheckRequest, HealthCheckResponse>(
            MethodType.Unary, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", Requests, Responses);

        var answer = await Assert.ThrowsAsync<RpcException>(
            () => world.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new HealthCheckRequest()).ResponseAsync);

        Assert.Equal(StatusCode.Unimplemented, answer.StatusCode);
    }

    [Fact]
    public async Task PortOfTheDoor_HasNothingOfTheProxyNorTheProxyOfIt()
    {
        await using var world = await EnvoyWorld.StartAsync();
        world.Host.Origin.On("/file", Content);
        using var client = new HttpClient { BaseAddress = new UriBuilder(world.Host.Addresses[^1]).Uri };
        using var request = world.Host.Request("/file");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(world.Host.Origin.Requests);
    }

    [Fact]
    public async Task Tls_ByKestrelsOwnSettings_TakesThePortsPlace()
    {
        using var folder = new TempFolder();
        var (certificate, key) = (Path.Combine(folder.Path, "cert.pem"), Path.Combine(folder.Path, "key.pem"));
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=localhost", own, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(certificate, made.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(key, own.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await using var world = await ProxyWorld.StartAsync(
            "--DOORS=proxy,ext-proc",
            "--Kestrel:Endpoints:ExtProc:Url=https://127.0.0.1:0",
            $"--Kestrel:Endpoints:ExtProc:Certificate:Path={certificate}",
            $"--Kestrel:Endpoints:ExtProc:Certificate:KeyPath={key}");
        var address = Assert.Single(world.Addresses, address => address.StartsWith("https:", StringComparison.Ordinal));
        using var channel = GrpcChannel.ForAddress(address, new()
        {
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == made.GetCertHashString(),
                },
            },
            DisposeHttpClient = true,
        });
        using var envoy = new ScriptedEnvoy(channel, ScriptedEnvoy.Modes(BodySendMode.None, BodySendMode.FullDuplexStreamed));

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);
    }

    [Fact]
    public async Task ScansByWorkers_PassAndRefuse()
    {
        using var data = new TempFolder();
        await using var world = await EnvoyWorld.StartAsync(ByWorkers.Settings(data.Path, "proxy,ext-proc"));
        using var clean = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        await clean.SayResponseBodyAsync(Content, isEnd: true);
        await clean.HearAsync(Kind.ResponseHeaders);
        Assert.Equal(Content, await clean.HearBodyAsync());
        await clean.CloseAsync();

        using var infected = await world.OpenResponseAsync(BodySendMode.Buffered);
        await infected.SayResponseBodyAsync(Eicar.Bytes, isEnd: true);

        Assert.Equal("infected", ScriptedEnvoy.KindOf(await infected.HearImmediateAsync()));
        await world.LeavesNothingAsync();
        Assert.Empty(ByWorkers.Contents(data.Path));
    }

    private static Method<HealthCheckRequest, HealthCheckResponse> HealthMethod(string name, MethodType type) =>
        new(type, "grpc.health.v1.Health", name, Requests, Responses);

    private static async Task<HealthCheckResponse.Types.ServingStatus> CheckAsync(EnvoyWorld world, string service)
    {
        var answer = await world.Channel.CreateCallInvoker().AsyncUnaryCall(
            HealthMethod("Check", MethodType.Unary), null, default, new HealthCheckRequest { Service = service });
        return answer.Status;
    }
}
