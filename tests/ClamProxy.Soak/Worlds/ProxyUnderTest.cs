using ClamProxy.TestKit;

namespace ClamProxy.Soak.Worlds;

/// <summary>
/// One ClamProxy process behind a relay, which stands for its clients' network. It can be killed and started again where it was.
/// </summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    /// <summary>HOLD_BACK_BYTES, in bytes: small, so that small files are trickled.</summary>
    public const int HoldBack = 8 << 10;

    private readonly Dictionary<string, string> _variables;
    private ProxyProcess? _process;

    private ProxyUnderTest(Dictionary<string, string> variables, int port, string upstream)
    {
        _variables = variables;
        Network = new FlakyRelay(port);
        Clients = new Asker(Network.Port, upstream);
        Direct = new Asker(port, upstream);
    }

    /// <summary>What lies between it and its clients.</summary>
    public FlakyRelay Network { get; }

    /// <summary>Clients that come through <see cref="Network"/>.</summary>
    public Asker Clients { get; }

    /// <summary>Clients that come straight to it.</summary>
    public Asker Direct { get; }

    public ProxyProcess Process => _process ?? throw new InvalidOperationException("it was not started");

    public static async Task<ProxyUnderTest> StartAsync(IReadOnlyDictionary<string, string> variables, string upstream)
    {
        var (port, management) = (FreePort.Next(), FreePort.Next());
        var proxy = new ProxyUnderTest(
            new Dictionary<string, string>(variables) { ["PORT"] = $"{port}", ["MANAGEMENT_PORT"] = $"{management}" }, port, upstream);
        await proxy.StartAgainAsync();
        return proxy;
    }

    public async Task StartAgainAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _process = await ProxyProcess.StartAsync(_variables);
    }

    /// <summary>What it counts at this moment; null when it does not answer.</summary>
    public async Task<Metrics?> MetricsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new Metrics(await Process.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken));
        }
        catch (Exception notNow) when (notNow is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        Direct.Dispose();
        await Network.DisposeAsync();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
