using System.Net;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>A proxy without a scanner, and workers in processes of their own; over SQLite and over a real Redis.</summary>
public sealed class ScanByWorkersTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncDisposable
{
    private static readonly byte[] Content = RandomBody.Of(300_000);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Where a test waits for the end of a killed worker's lease. Elsewhere a lease that ends makes one more scan.</summary>
    private static readonly (string Name, string Value) ShortLease = ("ClamProxy__Jobs__LeaseTime", "3s");

    private readonly TempFolder _data = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private readonly List<ProxyProcess> _processes = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ProxyWithoutAScanner_AnswersWhatWorkersSay(bool onRedis)
    {
        await using var origin = await OriginAsync();
        var proxy = await StartAsync("proxy", onRedis);
        await StartAsync("worker", onRedis);

        using var clean = await proxy.GetAsync("/file", origin.Url);
        using var infected = await proxy.GetAsync("/bad", origin.Url);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (clean.StatusCode, infected.StatusCode));
        Assert.Equal(Content, await clean.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Empty(Contents());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WorkerIsKilledMidScan_AnotherTakesOverAndTheClientGetsItsAnswer(bool onRedis)
    {
        await using var origin = await OriginAsync();
        var (scanning, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        _clamd.OnContent = async (_, _) =>
        {
            scanning.TrySetResult();
            await end.Task;
        };
        var proxy = await StartAsync("proxy", onRedis);
        var first = await StartAsync("worker", onRedis, ShortLease);
        var asking = proxy.GetAsync("/file", origin.Url);
        await scanning.Task.WaitAsync(Limit, Cancelled);

        await first.KillAsync();
        _clamd.OnContent = null;
        end.SetResult();
        await StartAsync("worker", onRedis, ShortLease);

        using var answer = await asking.WaitAsync(Limit, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(Contents());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NoWorker_IsA503WithRetryAfter(bool onRedis)
    {
        await using var origin = await OriginAsync();
        var proxy = await StartAsync("proxy", onRedis, ("ClamProxy__Jobs__ScanWithin", "1s"));

        using var answer = await proxy.GetAsync("/file", origin.Url);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty(Contents());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await _clamd.DisposeAsync();
        _data.Dispose();
    }

    private static async Task<FakeOrigin> OriginAsync()
    {
        var origin = await FakeOrigin.StartAsync();
        return origin.On("/file", Content).On("/bad", Eicar.Bytes);
    }

    private IEnumerable<string> Contents() =>
        new DirectoryInfo(Path.Combine(_data.Path, "objects")) is { Exists: true } objects
            ? objects.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.FullName)
            : [];

    private async Task<ProxyProcess> StartAsync(string door, bool onRedis, params (string Name, string Value)[] settings)
    {
        var variables = new Dictionary<string, string>
        {
            ["DOORS"] = door,
            ["SCAN_BY"] = door == "proxy" ? "workers" : "self",
            ["CLAMD_HOSTS"] = door == "proxy" ? $"127.0.0.1:{FreePort.Next()}" : _clamd.Endpoint.ToString()!,
            ["DATA_PATH"] = _data.Path,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Objects__MinFree"] = "0",
            ["ClamProxy__Clamd__ProbeInterval"] = "200ms",
        };
        if (onRedis)
        {
            variables["QUEUE_URL"] = redis.Servers.Url;
        }

        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        var process = await ProxyProcess.StartAsync(variables);
        _processes.Add(process);
        return process;
    }
}
