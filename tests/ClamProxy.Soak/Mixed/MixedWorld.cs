using ClamProxy.Soak.Hostile;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Mixed;

/// <summary>
/// One ClamProxy process with a store, TLS and credentials, upstreams for those who work and for those who attack, and a resolver that is
/// silent.
/// </summary>
internal sealed class MixedWorld : IAsyncDisposable
{
    private const string Token = "honest-and-attackers-alike";

    private readonly CaseRun _run;
    private readonly TlsDoor _door = new();
    private readonly FakeOriginCertificate _certificate = new();

    private MixedWorld(ClamdProcess clamd) => _run = new CaseRun(clamd, CancellationToken.None);

    public ProxyProcess Proxy { get; private set; } = null!;

    /// <summary>Files for those who work.</summary>
    public FileOrigin Files { get; private set; } = null!;

    /// <summary>What attackers ask for: <c>/drip</c>, <c>/large/…</c>, <c>/infected</c>.</summary>
    public FakeOrigin Bait { get; private set; } = null!;

    /// <summary>An nginx that speaks HTTP/2.</summary>
    public string Http2 { get; private set; } = "";

    public int Port => _door.Plain;

    public int SecurePort => _door.Secure;

    /// <summary>The field that lets a request in.</summary>
    public static (string Name, string Value) LetIn => ("Proxy-Authorization", Secret.Basic("all", Token));

    public static async Task<MixedWorld> StartAsync()
    {
        var world = new MixedWorld(await ShippedClamd.StartAsync());
        try
        {
            await world.StartAllAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client with an address of its own that is let in.</summary>
    public HttpClient Client(string source, TimeSpan? timeout = null)
    {
        var client = ClientFrom.Http(source, Port, timeout);
        client.DefaultRequestHeaders.TryAddWithoutValidation(LetIn.Name, LetIn.Value);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        var clamd = _run.Clamd;
        await _run.DisposeAsync();
        await clamd.DisposeAsync();
        _door.Dispose();
        _certificate.Dispose();
    }

    private async Task StartAllAsync()
    {
        Files = _run.Made(await FileOrigin.StartAsync());
        Bait = _run.Made(await FakeOrigin.StartAsync());
        Bait.KeepsRequests = false;
        var large = RandomBody.Of(12 << 20);
        byte[] infected = [.. RandomBody.Of(400_000), .. Eicar.Bytes];
        Bait.On("/drip", context => SteppedOrigin.DripAsync(context, large, TimeSpan.FromMinutes(5)));
        Bait.On("/infected", context => SteppedOrigin.DripAsync(context, infected, TimeSpan.FromSeconds(15), isChunked: true));
        Bait.Otherwise = context => FakeOrigin.SendAsync(context, large);
        await StartNginxAsync();
        var names = _run.Made(new FakeNameServer());
        Proxy = await _run.ProxyAsync(
            names,
            [
                .. _door.Settings, ("LOG_LEVEL", "Error"), ("STORE_PATH", _run.Folder().File("store")),
                ("ALLOWED_UPSTREAMS", "127.0.0.1,*.blackhole.test"),
                ("PROXY_CREDENTIALS", $"{Secret.Token("all", Token)},{Secret.Password("alice", "right")}"),
                ("ClamProxy__Download__ExtraRootCertificates", _certificate.RootFile),
            ]);
    }

    private async Task StartNginxAsync()
    {
        var nginx = _run.Made(new NginxServers());
        Http2 = await nginx.StartHttp2Async(_certificate, "limit_rate 1m;");
        await File.WriteAllBytesAsync(Path.Combine(nginx.Folder, "root/file"), RandomBody.Of(1 << 20));
    }
}
