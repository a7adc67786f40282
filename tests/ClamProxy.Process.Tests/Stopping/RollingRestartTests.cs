using System.Collections.Concurrent;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Stopping;

/// <summary>
/// Two ClamProxy processes behind the real nginx with the shipped templates: each is stopped and started again while clients go on asking.
/// </summary>
public sealed class RollingRestartTests
{
    private const int Clients = 8;
    private const int Some = 80;
    private static readonly TimeSpan ScanTime = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly byte[] _content = RandomBody.Of(50_000);
    private readonly ConcurrentQueue<string> _lost = [];
    private int _right;

    [Theory]
    [InlineData("0")]
    [InlineData("1s")]
    public async Task EachOfTwoRestartedUnderLoad_NoRequestIsLost(string delay)
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", _content);
        await using var clamd = FakeClamd.OnTcp();
        clamd.OnContent = async (connection, _) =>
        {
            await Task.Delay(ScanTime);
            await connection.ReplyAsync("stream: OK\0");
        };
        int[] ports = [FreePort.Next(), FreePort.Next()];
        var settings = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["STOP_DELAY"] = delay,
        };
        Dictionary<string, string> At(int port) => new(settings) { ["PORT"] = $"{port}" };
        var proxies = await Task.WhenAll(ports.Select(port => ProxyProcess.StartAsync(At(port))));
        var variables = NginxProcess.Defaults($"127.0.0.1:{ports[0]} max_fails=0; server 127.0.0.1:{ports[1]}");
        variables["EXAMPLE_DOWNLOAD_FROM"] = origin.Url;
        await using var nginx = await NginxProcess.StartAsync(variables);
        using var stop = new CancellationTokenSource();
        var clients = Task.WhenAll(
            Enumerable.Range(0, Clients).Select(client => AskAsync(nginx.Address("EXAMPLE_PORT"), client, stop.Token)));

        for (var number = 0; number < proxies.Length; number++)
        {
            await MoreRightOnesAsync(Some);
            proxies[number].Terminate();
            using var limit = new CancellationTokenSource(Limit);
            await proxies[number].WaitForExitAsync(limit.Token);
            Assert.Equal(0, proxies[number].ExitCode);
            await MoreRightOnesAsync(Some);
            await proxies[number].DisposeAsync();
            proxies[number] = await ProxyProcess.StartAsync(At(ports[number]));
        }

        await MoreRightOnesAsync(Some);
        await stop.CancelAsync();
        await clients.WaitAsync(Limit);
        await Task.WhenAll(proxies.Select(proxy => proxy.DisposeAsync().AsTask()));

        Assert.Empty(_lost);
    }

    private async Task MoreRightOnesAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (var goal = Volatile.Read(ref _right) + count; Volatile.Read(ref _right) < goal;)
        {
            Assert.Empty(_lost);
            await Task.Delay(20, limit.Token);
        }
    }

    private async Task AskAsync(Uri nginx, int client, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = nginx, Timeout = Limit };
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            try
            {
                // Each is a download and a scan of its own.
                using var answer = await http.GetAsync(new Uri($"/file?{client}-{number}", UriKind.Relative), CancellationToken.None);
                var body = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
                if (answer.IsSuccessStatusCode && body.AsSpan().SequenceEqual(_content))
                {
                    Interlocked.Increment(ref _right);
                }
                else
                {
                    _lost.Enqueue($"{(int)answer.StatusCode} {answer.ReasonPhrase} with {body.Length} bytes");
                }
            }
            catch (HttpRequestException e)
            {
                _lost.Enqueue(e.Message);
            }
        }
    }
}
