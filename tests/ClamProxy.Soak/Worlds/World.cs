using ClamProxy.TestKit;

namespace ClamProxy.Soak.Worlds;

/// <summary>
/// Two ClamProxy processes, one without and one with a store, and all they depend on, each behind a relay or on a disk that can be made to
/// fail:
/// <code>
///   clients ──relay──► plain   ─┬─relay──► origin (in this process)
///   clients ──relay──► storing ─┼─relay──► redis-server
///                               ├─relay──► clamd, each with a small disk of its own
///                               └─ small disk: spools and store
/// </code>
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _made = [];

    private World()
    {
    }

    public TestFiles Files { get; } = new();

    public FileOrigin Origin { get; private set; } = null!;

    public FlakyRelay Upstream { get; private set; } = null!;

    public RedisProcess Redis { get; private set; } = null!;

    public FlakyRelay RedisNetwork { get; private set; } = null!;

    public List<ScannerUnderTest> Scanners { get; } = [];

    public SmallDisk Disk { get; private set; } = null!;

    public ProxyUnderTest Plain { get; private set; } = null!;

    public ProxyUnderTest Storing { get; private set; } = null!;

    public IEnumerable<ProxyUnderTest> Proxies => [Plain, Storing];

    /// <summary>Starts all of it.</summary>
    /// <param name="overUnixSockets">Whether clamd is reached by unix sockets, past its relays, and handed descriptors.</param>
    /// <param name="settings">Settings beside or in place of <see cref="WorldSettings.Quick"/>.</param>
    public static async Task<World> StartAsync(bool overUnixSockets = false, IReadOnlyDictionary<string, string>? settings = null)
    {
        var world = new World();
        try
        {
            await world.StartAllAsync(overUnixSockets, settings ?? WorldSettings.Quick);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_made.TryPop(out var made))
        {
            await made.DisposeAsync();
        }
    }

    private async Task StartAllAsync(bool overUnixSockets, IReadOnlyDictionary<string, string> settings)
    {
        Disk = Made(await SmallDisk.MountAsync());
        Origin = Made(await FileOrigin.StartAsync());
        Upstream = Made(new FlakyRelay(Origin.Port));
        Redis = Made(await RedisProcess.StartAsync());
        RedisNetwork = Made(new FlakyRelay(Redis.Port));
        Scanners.Add(Made(await ScannerUnderTest.StartAsync()));
        Scanners.Add(Made(await ScannerUnderTest.StartAsync()));

        var all = new Dictionary<string, string>(settings)
        {
            ["CLAMD_HOSTS"] = string.Join(
                ',',
                Scanners.Select(scanner => overUnixSockets ? scanner.Process.UnixEndpoint : $"tcp://127.0.0.1:{scanner.Network.Port}")),
            ["REDIS_URL"] = $"redis://127.0.0.1:{RedisNetwork.Port}",
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        };
        var upstream = $"http://127.0.0.1:{Upstream.Port}";
        all = new Dictionary<string, string>(all.Concat(RouteSettings.For(upstream)));
        var spool = Directory.CreateDirectory(Path.Combine(Disk.Path, "spool")).FullName;
        Plain = Made(await ProxyUnderTest.StartAsync(new Dictionary<string, string>(all) { ["SPOOL_PATH"] = spool }, upstream));
        Storing = Made(
            await ProxyUnderTest.StartAsync(
                new Dictionary<string, string>(all) { ["STORE_PATH"] = Path.Combine(Disk.Path, "store") }, upstream));
    }

    private T Made<T>(T made)
        where T : IAsyncDisposable
    {
        _made.Push(made);
        return made;
    }
}
