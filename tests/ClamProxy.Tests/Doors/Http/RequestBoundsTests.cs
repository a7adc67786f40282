using System.Net;
using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>How many requests one client may have under way, while an honest one at another address wants its file.</summary>
public sealed class RequestBoundsTests
{
    private const string Greedy = "127.0.0.2";

    [Fact]
    public async Task ClientThatWaitsTooOften_IsRefusedAtOnceAndOthersAreServed()
    {
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxRequests=100", "--ClamProxy:MaxRequestsPerClient=3");
        world.Origin.On("/file", "file"u8.ToArray());
        var waiting = await WaitAsync(world, drip.Url, 3);

        var refused = await AskAsync(world, drip.Url);
        var honest = await world.GetAsync("/file");

        Assert.StartsWith("HTTP/1.1 503 Too many requests under way\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 5\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("one client", refused, StringComparison.Ordinal);
        Assert.Equal("file"u8.ToArray(), honest.Body);
        Assert.Equal(1, await world.MetricAsync("clamproxy_http_refusals_total"));
        waiting.ForEach(client => client.Dispose());
        await world.WaitForMetricAsync("clamproxy_http_requests_active", 0);
    }

    [Fact]
    public async Task ClientThatWantsAllRequests_LeavesAsManyAsItHas()
    {
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxRequests=8");
        world.Origin.On("/file", "file"u8.ToArray());
        var waiting = await WaitAsync(world, drip.Url, 4);

        Assert.StartsWith("HTTP/1.1 503 ", await AskAsync(world, drip.Url), StringComparison.Ordinal);
        Assert.Equal(200, (await world.GetAsync("/file")).Status);
        waiting.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task ClientsOfATrustedProxy_AreBoundedOneByOne()
    {
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxRequestsPerClient=1", "--TRUSTED_PROXIES=127.0.0.0/8");
        world.Origin.On("/file", "file"u8.ToArray());
        var waiting = await WaitAsync(world, drip.Url, 1, "X-Real-IP: 2001:db8::1\r\n");

        var neighbour = await AskAsync(world, drip.Url, "X-Real-IP: 2001:db8::2\r\n");
        var other = await world.GetAsync("/file", headers: ("X-Real-IP", "2001:db8:0:1::1"));

        Assert.StartsWith("HTTP/1.1 503 ", neighbour, StringComparison.Ordinal);
        Assert.Equal(200, other.Status);
        waiting.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task OneTooManyInAll_IsRefusedBeforeItsCredentialsAreLookedAt()
    {
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxRequests=1");
        var waiting = await WaitAsync(world, drip.Url, 1);

        var refused = await world.GetAsync("/file");

        Assert.Equal((503, "Too many requests under way", "5"), (refused.Status, refused.Reason, refused["Retry-After"]));
        Assert.Contains("MaxRequests", refused.Problem("detail"), StringComparison.Ordinal);
        Assert.Empty(world.Origin.Requests);
        waiting.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task ThousandsOfHttp2RequestsOfOneClient_WaitNoMoreThanMay()
    {
        const int Connections = 20;
        const int Each = 100;
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:MaxRequestsPerClient=50");
        world.Origin.On("/file", "file"u8.ToArray());
        using var client = Http2From(Greedy);
        using var enough = new CancellationTokenSource();

        var asked = Enumerable.Range(0, Connections * Each).Select(_ => StatusAsync(client, world, drip.Url, enough.Token)).ToList();
        await world.WaitForMetricAsync("clamproxy_http_refusals_total", (Connections * Each) - 50);
        var honest = await world.GetAsync("/file");

        // The honest client has its answer before its request's place is free.
        await world.WaitForMetricAsync("clamproxy_http_requests_active", 50);
        Assert.Equal(200, honest.Status);
        await enough.CancelAsync();
        Assert.Equal((Connections * Each) - 50, (await Task.WhenAll(asked)).Count(status => status == HttpStatusCode.ServiceUnavailable));
    }

    private static RawOrigin Dripping() => new(async conversation =>
    {
        await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
        await conversation.HangAsync();
    });

    /// <summary>So many requests of the greedy client that wait, all for the same file.</summary>
    private static async Task<List<TcpClient>> WaitAsync(ProxyWorld world, string from, int count, string fields = "")
    {
        var clients = new List<TcpClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await SendAsync(world, from, fields));
        }

        await world.WaitForMetricAsync("clamproxy_http_requests_active", count);
        return clients;
    }

    private static async Task<string> AskAsync(ProxyWorld world, string from, string fields = "")
    {
        using var client = await SendAsync(world, from, fields);
        return await Wire.ReadToEndAsync(client);
    }

    private static async Task<TcpClient> SendAsync(ProxyWorld world, string from, string fields)
    {
        var client = await Wire.ConnectAsync(world.Addresses[0], Greedy);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET /drip HTTP/1.1\r\nHost: x\r\nDownload-From: {from}\r\n{fields}Connection: close\r\n\r\n"));
        return client;
    }

    private static HttpClient Http2From(string address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient client, ProxyWorld world, string from, CancellationToken enough)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new UriBuilder(world.Addresses[^1]).Uri, "/drip"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Download-From", from);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, enough);
            return response.StatusCode;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            return null;
        }
    }
}
