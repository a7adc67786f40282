using System.Net;
using ClamProxy.Core.Tls;

namespace ClamProxy.Warming;

/// <summary>Makes the client by which commands ask a running ClamProxy: whatever it answers is what they get, and each call has its own
/// deadline.</summary>
internal static class ServerClient
{
    public static HttpClient Open() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        SslOptions = { CertificateChainPolicy = TrustedRoots.Policy() },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
