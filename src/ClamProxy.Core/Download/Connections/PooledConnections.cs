using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Text;

namespace ClamProxy.Core.Download.Connections;

/// <summary>How the HTTP client of one pool is set.</summary>
internal static class PooledConnections
{
    // What is left of a body nobody wants (a redirect's, a refused one's) is read up to here to keep the connection.
    private const int DrainBytes = 64 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(500);

    /// <param name="options">Its bounds.</param>
    /// <param name="connector">Makes its connections.</param>
    /// <param name="ours">The certificate that servers are shown; null: none.</param>
    /// <param name="proxies">The proxies that it goes through; null: it connects to the servers themselves.</param>
    /// <param name="meters">Of the host.</param>
    public static SocketsHttpHandler Handler(
        DownloadOptions options,
        UpstreamConnector connector,
        SslStreamCertificateContext? ours,
        UpstreamProxies? proxies,
        IMeterFactory meters)
    {
        var tls = new UpstreamTls(options, ours);
        return new()
        {
            ConnectCallback = proxies is null
                ? (context, cancelled) => connector.ToServerAsync(context, tls, cancelled)
                : connector.ToProxyAsync,
            ConnectTimeout = options.ConnectTimeout,

            // Content goes through as it is; redirects and their cookies are followed above, where each hop is checked.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = proxies is not null,
            Proxy = proxies,
            Credentials = null,
            PreAuthenticate = false,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),

            // Header values keep their bytes, whatever their encoding is.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,

            MaxConnectionsPerServer = options.MaxConnectionsPerUpstream,
            PooledConnectionLifetime = options.ConnectionLifetime,
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = Math.Max(1, options.MaxHeaderBytes / 1024),
            MaxResponseDrainSize = DrainBytes,
            ResponseDrainTimeout = DrainTime,
            MeterFactory = meters,
            SslOptions = tls.Options(),
        };
    }
}
