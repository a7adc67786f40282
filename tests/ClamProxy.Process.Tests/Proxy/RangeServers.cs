using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>nginx with files of several sizes, and ClamProxy with that nginx as its upstream.</summary>
internal sealed class RangeServers : IAsyncDisposable
{
    /// <summary>As many parts as ClamProxy allows by default.</summary>
    private const int MaxRanges = 64;

    private readonly FakeClamd _clamd;
    private readonly ProxyProcess _proxy;
    private readonly string _toProxy;

    private RangeServers(NginxFiles nginx, FakeClamd clamd, ProxyProcess proxy)
    {
        (Nginx, _clamd, _proxy) = (nginx, clamd, proxy);
        _toProxy = $"Download-From: {nginx.Url}\r\nCache-Scan: True\r\n";
    }

    public NginxFiles Nginx { get; }

    public static async Task<RangeServers> StartAsync(IEnumerable<int> sizes, DateTimeOffset modified)
    {
        var nginx = await NginxFiles.StartAsync(MaxRanges);
        foreach (var size in sizes)
        {
            nginx.Add($"{size}", RandomBody.Of(size), modified);
        }

        var clamd = FakeClamd.OnTcp();
        var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["LOG_LEVEL"] = "Warning",
        });
        return new RangeServers(nginx, clamd, proxy);
    }

    public Task<RawClient> ToNginxAsync(CancellationToken cancellationToken) => RawClient.ConnectAsync(Nginx.Port, cancellationToken);

    public Task<RawClient> ToProxyAsync(CancellationToken cancellationToken) => RawClient.ConnectAsync(_proxy.Port, cancellationToken);

    /// <summary>Asks ClamProxy for a file of nginx's.</summary>
    public Task<RawAnswer> AskProxyAsync(RawClient proxy, int size, string fields, CancellationToken cancellationToken) =>
        proxy.GetAsync($"/{size}", _toProxy + fields, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _clamd.DisposeAsync();
        await Nginx.DisposeAsync();
    }
}
