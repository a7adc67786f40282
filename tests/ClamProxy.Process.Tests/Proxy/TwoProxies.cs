using System.Globalization;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>Two ClamProxy processes with one Redis, one store and one clamd, whose scans wait until the test lets them go.</summary>
internal sealed class TwoProxies : IAsyncDisposable
{
    public const string File = "/file.bin";

    /// <summary>Longer than any stall of a test that counts downloads and scans: a lease that ends makes one more of each.</summary>
    private static readonly TimeSpan LongLease = TimeSpan.FromMinutes(1);

    private readonly TempFolder _store = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _scans;

    private TwoProxies(FakeOrigin origin, RedisProcess redis, TimeSpan leaseTime) =>
        (Origin, Redis, LeaseTime) = (origin, redis, leaseTime);

    public FakeOrigin Origin { get; }

    public RedisProcess Redis { get; }

    public ProxyProcess First { get; private set; } = null!;

    public ProxyProcess Second { get; private set; } = null!;

    public int Scans => _scans;

    private TimeSpan LeaseTime { get; }

    private FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    /// <param name="isInfected">What clamd says to every content.</param>
    /// <param name="holds">How many scans wait for <see cref="LetScansGoOn"/>; the later ones are answered at once.</param>
    /// <param name="hasStore">Whether they have a store.</param>
    /// <param name="leaseTime">How long a process that is silent keeps what it leads; short only where a test waits for its end.</param>
    public static async Task<TwoProxies> StartAsync(
        bool isInfected = false, int holds = 1, bool hasStore = true, TimeSpan? leaseTime = null)
    {
        var pair = new TwoProxies(await FakeOrigin.StartAsync(), await RedisProcess.StartAsync(), leaseTime ?? LongLease);
        pair.Clamd.OnContent = async (connection, _) =>
        {
            if (Interlocked.Increment(ref pair._scans) <= holds)
            {
                pair._began.TrySetResult();
                await pair._goOn.Task;
            }

            await connection.ReplyAsync(isInfected ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0");
        };
        var (first, second) = (pair.StartProxyAsync(hasStore), pair.StartProxyAsync(hasStore));
        (pair.First, pair.Second) = (await first, await second);
        return pair;
    }

    public Task FirstScanBeganAsync() => _began.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void LetScansGoOn() => _goOn.TrySetResult();

    /// <summary>So many clients at once.</summary>
    public Task<(int Status, byte[] Body)>[] Ask(ProxyProcess proxy, int clients, string path = File) =>
        [.. Enumerable.Range(0, clients).Select(_ => AskAsync(proxy, path))];

    /// <summary>Waits until this process has seen that another one leads the flight.</summary>
    public static async Task IsFollowingAsync(params ProxyProcess[] anyOf)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await Task.WhenAll(anyOf.Select(FollowsAsync))).Any(follows => follows))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Waits until so many clients of each wait for a flight: none of them can come after its end.</summary>
    public async Task AllWaitAsync(int clients)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await Task.WhenAll(WaitersAsync(First), WaitersAsync(Second))).Any(waiters => waiters != clients))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        LetScansGoOn();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await Clamd.DisposeAsync();
        await Redis.DisposeAsync();
        await Origin.DisposeAsync();
        _store.Dispose();
    }

    private static async Task<int> WaitersAsync(ProxyProcess proxy) => int.Parse(
        Regex.Match(
            await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative)),
            @"^clamproxy_gate_waiters(\{[^}]*\})? (?<count>\d+)",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5)).Groups["count"].Value,
        CultureInfo.InvariantCulture);

    private static async Task<bool> FollowsAsync(ProxyProcess proxy) => Regex.IsMatch(
        await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative)),
        "^clamproxy_leases_attempts_total{[^}]*result=\"held\"[^}]*} [1-9]",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(5));

    private async Task<(int Status, byte[] Body)> AskAsync(ProxyProcess proxy, string path)
    {
        using var answer = await proxy.GetAsync(path, Origin.Url, cacheScan: true);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    private Task<ProxyProcess> StartProxyAsync(bool hasStore) => ProxyProcess.StartAsync(new Dictionary<string, string>
    {
        ["CLAMD_HOSTS"] = Clamd.Endpoint,
        ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        ["REDIS_URL"] = Redis.Url,
        ["STORE_PATH"] = hasStore ? _store.Path : "",
        // On a busy machine a call may take longer than the usual quarter of a second, and each process would be for itself.
        ["ClamProxy__Verdicts__RedisTimeout"] = "5s",
        ["ClamProxy__Leases__LeaseTime"] = $"{LeaseTime}",

        // Nor does a process download for itself, or begin to trickle, while the other one leads: a follower waits for the lease alone.
        ["ClamProxy__Gate__FollowFor"] = "00:10:00",
        ["PATIENCE_SECONDS"] = "600",
    });
}
