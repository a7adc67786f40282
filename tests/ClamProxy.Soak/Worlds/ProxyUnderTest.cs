using System.Net;
using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Uploads;
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
    private readonly HttpTalk _talk;
    private readonly HttpTalk _directTalk;
    private readonly HttpTalk _strangersTalk;
    private ProxyProcess? _process;

    private ProxyUnderTest(Dictionary<string, string> variables, int port, string upstream)
    {
        _variables = variables;
        Network = new FlakyRelay(port);
        Strangers = new FlakyRelay(port) { Sources = NextAddress };
        (_talk, _directTalk, _strangersTalk) = (new HttpTalk(Network.Port), new HttpTalk(port), new HttpTalk(Strangers.Port));
        Clients = new Asker(_talk, upstream);
        Direct = new Asker(_directTalk, upstream);
        Documents = new DocumentAsker(_talk, _strangersTalk, upstream);
        Uploads = new UploadAsker(_talk);
    }

    /// <summary>What lies between it and its clients.</summary>
    public FlakyRelay Network { get; }

    /// <summary>The same for clients whose every connection comes from an address of its own.</summary>
    public FlakyRelay Strangers { get; }

    /// <summary>Clients that come through <see cref="Network"/>.</summary>
    public Asker Clients { get; }

    /// <summary>Clients of documents that change, on both ways.</summary>
    public DocumentAsker Documents { get; }

    /// <summary>Clients that upload, through <see cref="Network"/>.</summary>
    public UploadAsker Uploads { get; }

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

    /// <summary>Of 127.0.0.0/8, and hardly ever one that was there before.</summary>
    private static IPAddress NextAddress() =>
        new([127, (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(256), (byte)Random.Shared.Next(1, 255)]);

    public async ValueTask DisposeAsync()
    {
        _talk.Dispose();
        _directTalk.Dispose();
        _strangersTalk.Dispose();
        await Network.DisposeAsync();
        await Strangers.DisposeAsync();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
