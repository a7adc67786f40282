using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using ClamProxy.Core.Download.Connections;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>The order of what a request goes through on its way upstream, written once.</summary>
internal static class UpstreamHandlers
{
    // What is left of a body nobody wants (a redirect's, a refused one's) is read up to here to keep the connection.
    private const int DrainBytes = 64 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(500);

    // 1. HeadDeadline      one deadline for all that follows, up to the final head
    // 2. UpstreamRetries   a fresh start from the first hop when the transport failed
    // 3. RedirectFollower  each hop: target rules, the guard's name check; the final head's sanity
    // 4. SocketsHttp       pools; each new connection through the guard's address check
    public static HttpMessageHandler Build(
        DownloadOptions options, UpstreamGuard guard, DownloadMetrics metrics, TimeProvider time, ILogger log, IMeterFactory meters) =>
        new HeadDeadline(options, metrics, time,
            UpstreamRetries.Build(options, metrics, time, log,
                new RedirectFollower(options, guard, log,
                    Sockets(options, new UpstreamConnector(options, guard, time), new UpstreamTls(options, null), meters))));

    private static SocketsHttpHandler Sockets(
        DownloadOptions options, UpstreamConnector connector, UpstreamTls tls, IMeterFactory meters) => new()
    {
        ConnectCallback = (context, cancelled) => connector.ToServerAsync(context, tls, cancelled),
        ConnectTimeout = options.ConnectTimeout,

        // Content goes through as it is; redirects are followed above, where each hop is checked.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
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
