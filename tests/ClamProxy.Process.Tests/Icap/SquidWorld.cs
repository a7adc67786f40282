using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Icap;

/// <summary>A real squid that lends all that passes through it to ClamProxy, with a real clamd and an origin.</summary>
public sealed class SquidWorld : IAsyncLifetime
{
    private SquidProcess _squid = null!;

    public ClamdProcess Clamd { get; private set; } = null!;

    public ProxyProcess Proxy { get; private set; } = null!;

    public FakeOrigin Origin { get; private set; } = null!;

    public int IcapPort { get; } = FreePort.Next();

    /// <summary>Asks the origin through squid.</summary>
    public HttpClient Client { get; private set; } = null!;

    public string Logs => $"{_squid.Log}\n{Proxy.Log}";

    public async ValueTask InitializeAsync()
    {
        Clamd = await ClamdProcess.StartAsync("MaxFileSize 300M", "MaxScanSize 300M", "StreamMaxLength 300M");
        Origin = await FakeOrigin.StartAsync();
        Origin.KeepsRequests = false;
        Proxy = await StartProxyAsync();
        _squid = await SquidProcess.StartWithIcapAsync(IcapPort);
        Client = new HttpClient(new SocketsHttpHandler
        {
            Proxy = new WebProxy("127.0.0.1", _squid.Port),
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            BaseAddress = new UriBuilder(Origin.Url).Uri,
            Timeout = TimeSpan.FromMinutes(2),
        };

        // squid asks for the service's options now: where it cannot, it asks again half a minute later.
        Origin.On("/first", "first"u8.ToArray());
        using var answer = await Client.GetAsync("/first");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, Logs);
    }

    /// <summary>Ends ClamProxy at once, and starts it again on the same port.</summary>
    public async Task RestartProxyAsync(TimeSpan pause)
    {
        await Proxy.KillAsync();
        await Proxy.DisposeAsync();
        await Task.Delay(pause);
        Proxy = await StartProxyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _squid.DisposeAsync();
        await Proxy.DisposeAsync();
        await Origin.DisposeAsync();
        await Clamd.DisposeAsync();
    }

    private Task<ProxyProcess> StartProxyAsync() => ProxyProcess.StartAsync(new Dictionary<string, string>
    {
        ["DOORS"] = "icap",
        ["ICAP_PORT"] = $"{IcapPort}",
        ["CLAMD_HOSTS"] = Clamd.UnixEndpoint,
        ["MAX_FILE_SIZE"] = "290M",

        // The longest silence of a squid that has stopped for good.
        ["ClamProxy__Intake__IdleTimeout"] = "10s",
    });
}
