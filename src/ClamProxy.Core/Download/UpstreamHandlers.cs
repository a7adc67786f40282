using System.Diagnostics.Metrics;
using System.Net.Security;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Download.Identity;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>The order of what a request goes through on its way upstream, written once.</summary>
internal static class UpstreamHandlers
{
    // 1. HeadDeadline      one deadline for all that follows, up to the final head
    // 2. UpstreamRetries   a fresh start from the first hop when the transport failed
    // 3. RedirectFollower  each hop: target rules, the guard's name check; the final head's sanity
    // 4. RequestSigning    each hop to the origin that a signature is for
    // 5. UpstreamPools     directly or through a proxy, and as whom; each new connection through the guard's address check
    public static HttpMessageHandler Build(
        DownloadOptions options,
        UpstreamGuard guard,
        UpstreamProxies proxies,
        DownloadMetrics metrics,
        TimeProvider time,
        ILogger log,
        IMeterFactory meters) =>
        new HeadDeadline(options, metrics, time,
            UpstreamRetries.Build(options, metrics, time, log,
                new RedirectFollower(options, guard, time, log,
                    new RequestSigning(
                        new UpstreamPools(
                            options, new UpstreamConnector(options, guard, time), proxies, OurCertificate(options), meters)))));

    private static SslStreamCertificateContext? OurCertificate(DownloadOptions options) =>
        options.ClientCertificate is { } file ? ClientCertificate.Load(file, options.ClientKey) : null;
}
