using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using ClamProxy.Core.Download.Identity;

namespace ClamProxy.Core.Download.Connections;

/// <summary>
/// The pools of connections: directly or through a proxy, and one for each client certificate, so that nobody gets a connection that was
/// made as somebody else.
/// </summary>
internal sealed class UpstreamPools : HttpMessageHandler
{
    private const string ProxyAuthorization = "Proxy-Authorization";

    private readonly DownloadOptions _options;
    private readonly UpstreamConnector _connector;
    private readonly UpstreamProxies _proxies;
    private readonly IMeterFactory _meters;
    private readonly SslStreamCertificateContext? _ours;

    // As many as the routes have certificates, twice.
    private readonly ConcurrentDictionary<(SslStreamCertificateContext? Ours, bool IsProxied), Lazy<HttpMessageInvoker>> _pools = new();

    /// <param name="options">The bounds of its connections.</param>
    /// <param name="connector">Makes them.</param>
    /// <param name="proxies">The proxies that they may go through.</param>
    /// <param name="ours">The certificate that servers are shown; null: none.</param>
    /// <param name="meters">Of the host.</param>
    public UpstreamPools(
        DownloadOptions options,
        UpstreamConnector connector,
        UpstreamProxies proxies,
        SslStreamCertificateContext? ours,
        IMeterFactory meters) => (_options, _connector, _proxies, _ours, _meters) = (options, connector, proxies, ours, meters);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var proxy = _proxies.For(request.RequestUri!);
        if (proxy?.Authorization is { } who && request.RequestUri!.Scheme == Uri.UriSchemeHttp)
        {
            // Without a tunnel each request shows it, or is refused once before the HTTP client does so by itself.
            request.Headers.Remove(ProxyAuthorization);
            request.Headers.TryAddWithoutValidation(ProxyAuthorization, who);
        }

        var response = await Pool(request, proxy is not null).SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (proxy is null || response.StatusCode != HttpStatusCode.ProxyAuthenticationRequired)
        {
            return response;
        }

        response.Dispose();
        throw new UpstreamException(UpstreamFaults.OfProxy((int)HttpStatusCode.ProxyAuthenticationRequired, cause: null));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var pool in _pools.Values.Where(pool => pool.IsValueCreated))
            {
                pool.Value.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker Pool(HttpRequestMessage request, bool isProxied)
    {
        request.Options.TryGetValue(UpstreamIdentity.Key, out var identity);
        return _pools.GetOrAdd(
            (identity?.Certificate ?? _ours, isProxied),
            key => new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(
                PooledConnections.Handler(_options, _connector, key.Ours, key.IsProxied ? _proxies : null, _meters)))).Value;
    }
}
