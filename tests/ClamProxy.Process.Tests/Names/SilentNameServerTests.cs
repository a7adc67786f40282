using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Names;

/// <summary>The system's own resolver with a name server that receives every query and answers none.</summary>
public sealed class SilentNameServerTests
{
    private const int Names = 64;

    [Fact]
    public async Task ManyNamesThatDoNotResolve_StopNobodyElse()
    {
        using var folder = new TempFolder();
        using var nameServer = new UdpClient(
            new IPEndPoint(IPAddress.Parse($"127.77.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}"), 53));
        var resolverFile = folder.File("resolv.conf");
        await File.WriteAllTextAsync(
            resolverFile, $"nameserver {((IPEndPoint)nameServer.Client.LocalEndPoint!).Address}\noptions timeout:30\n");
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", new byte[20_000]);
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["CLAMD_HOSTS"] = clamd.Endpoint,
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1,localhost,*.blackhole.test",
                ["STORE_PATH"] = folder.File("store"),

                // What others ask for has this time on a busy machine. Nothing else ends a request earlier: neither its connection's time
                // nor, in a second try, its answer's.
                ["ClamProxy__Names__Timeout"] = "25s",
                ["ClamProxy__Download__ConnectTimeout"] = "30s",
                ["ClamProxy__Download__Retries"] = "0",
            },
            files: new Dictionary<string, string> { ["/etc/resolv.conf"] = resolverFile });
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/file", origin.Url, cacheScan: true)).StatusCode);

        var waiting = Enumerable.Range(0, Names).Select(i => AskAsync(proxy, i)).ToList();
        await nameServer.ReceiveAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            await IsAnsweredAsync(proxy.GetAsync("/file", origin.Url, cacheScan: true));
            await IsAnsweredAsync(proxy.Management.GetAsync(new Uri("/healthz", UriKind.Relative)));
        }

        using var other = From(IPAddress.Parse("127.0.0.2"), proxy.Port);
        using var asked = proxy.Request("/file", $"http://localhost:{origin.Port}");
        await IsAnsweredAsync(other.SendAsync(asked));

        // Whatever had waited for one of their names would have waited until its time was over.
        Assert.All(waiting, one => Assert.False(one.IsCompleted));

        foreach (var (status, body, isHead, i) in await Task.WhenAll(waiting))
        {
            Assert.Equal(HttpStatusCode.GatewayTimeout, status);
            Assert.True(isHead || body.Contains($"h{i}.blackhole.test, was not resolved in time", StringComparison.Ordinal), body);
        }
    }

    private static async Task<(HttpStatusCode Status, string Body, bool IsHead, int Name)> AskAsync(ProxyProcess proxy, int i)
    {
        var isHead = i % 2 == 0;
        using var request = proxy.Request(
            "/x",
            string.Create(CultureInfo.InvariantCulture, $"http://h{i}.blackhole.test"),
            method: isHead ? HttpMethod.Head : HttpMethod.Get);
        using var answer = await proxy.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), isHead, i);
    }

    private static async Task IsAnsweredAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>A client at another address of this machine.</summary>
    private static HttpClient From(IPAddress address, int port) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri,
    };
}
