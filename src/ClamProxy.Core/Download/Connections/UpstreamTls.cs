using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Tls;

namespace ClamProxy.Core.Download.Connections;

/// <summary>TLS towards upstreams: how their certificates are judged, and which one of ours they are shown.</summary>
internal sealed class UpstreamTls
{
    private static readonly List<SslApplicationProtocol> Http2First = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly X509ChainPolicy _policy;
    private readonly SslStreamCertificateContext? _ours;

    /// <param name="options">Whom to trust.</param>
    /// <param name="ours">What is shown to a server that asks for a certificate; null: nothing.</param>
    public UpstreamTls(DownloadOptions options, SslStreamCertificateContext? ours)
    {
        _policy = TrustedRoots.Policy(options.ExtraRootCertificates);
        _ours = ours;
    }

    /// <summary>For the HTTP client, where it makes the handshake itself: through a proxy.</summary>
    public SslClientAuthenticationOptions Options() => new()
    {
        CertificateChainPolicy = _policy,
        RemoteCertificateValidationCallback = RefuseUntrusted,
        ClientCertificateContext = _ours,
    };

    /// <summary>Makes the handshake over a connection, which is closed where it fails.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="host">The name that the server's certificate has to be for.</param>
    /// <param name="offersHttp2">Whether HTTP/2 may be spoken afterwards.</param>
    /// <param name="cancellationToken">Ends the handshake.</param>
    /// <exception cref="UpstreamException">It failed, or the certificate is not trusted.</exception>
    public async Task<Stream> HandshakeAsync(Stream connection, string host, bool offersHttp2, CancellationToken cancellationToken)
    {
        var options = Options();
        options.TargetHost = host;
        options.ApplicationProtocols = offersHttp2 ? Http2First : null;
        var tls = new SslStream(connection);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is AuthenticationException or IOException && UpstreamFaults.Classify(exception).Cause == exception)
            {
                throw new UpstreamException(UpstreamFaults.OfHandshake(exception));
            }

            throw;
        }
    }

    /// <exception cref="UpstreamException">The certificate is not trusted; it says why, which an answer of false could not.</exception>
    private static bool RefuseUntrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None
            ? true
            : throw new UpstreamException(new Failure(
                FailureReason.UpstreamTlsFailed,
                $"The upstream server's certificate {CertificateProblem.Describe(chain, errors)}.{Hint(errors)}"));

    private static string Hint(SslPolicyErrors errors) => errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
        ? " If it is of an authority of your own, add that to the file of ClamProxy:Download:ExtraRootCertificates."
        : "";
}
