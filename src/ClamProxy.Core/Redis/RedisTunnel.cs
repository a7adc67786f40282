using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.Core.Names;
using ClamProxy.Core.Tls;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace ClamProxy.Core.Redis;

/// <summary>
/// Makes the connections of the Redis client: names by our resolver, which blocks no thread of the pool, and TLS by our policy, which
/// downloads nothing that a certificate names. The client's own way has neither, nor a deadline for the TLS handshake. It knows the
/// connections that it made, and ends those that the client left open.
/// </summary>
internal sealed class RedisTunnel(RedisAddress address, NameResolver names, TimeSpan within) : Tunnel, IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<RedisStream> _open = [];
    private bool _isDisposed;

    /// <summary>Ends the connections that are open, and makes no more.</summary>
    public void Dispose()
    {
        List<RedisStream> open;
        lock (_gate)
        {
            _isDisposed = true;
            open = [.. _open];
        }

        open.ForEach(stream => stream.Dispose());
    }

    /// <summary>Null: the client makes no socket of its own.</summary>
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        new((EndPoint?)null);

    public override async ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        // The client cancels nothing.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        try
        {
            var stream = await ConnectAsync(endpoint, deadline.Token).ConfigureAwait(false);
            return address.IsTls ? await SecureAsync(stream, RedisAddress.HostOf(endpoint), deadline.Token).ConfigureAwait(false) : stream;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private async Task<Stream> OpenAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return Keep(new RedisStream(socket, Forget));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private RedisStream Keep(RedisStream stream)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _open.Add(stream);
                return stream;
            }
        }

        stream.Dispose();
        throw new SocketException((int)SocketError.OperationAborted);
    }

    private void Forget(RedisStream stream)
    {
        lock (_gate)
        {
            _open.Remove(stream);
        }
    }

    private async Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        if (endPoint is not DnsEndPoint name)
        {
            return await OpenAsync(endPoint, cancellationToken).ConfigureAwait(false);
        }

        var addresses = await names.FindAsync(name.Host, client: null, cancellationToken).ConfigureAwait(false);
        for (var i = 0; ; i++)
        {
            // An address that is dead must leave time for the others.
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            turn.CancelAfter(within / addresses.Length);
            try
            {
                return await OpenAsync(new IPEndPoint(addresses[i], name.Port), turn.Token).ConfigureAwait(false);
            }
            catch (Exception failed) when (
                i < addresses.Length - 1
                && (failed is SocketException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested)))
            {
                // The next one may answer; the last one's exception is the answer.
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateChainPolicy = TrustedRoots.Policy(),
                    RemoteCertificateValidationCallback = RefuseUntrusted,
                },
                cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <exception cref="AuthenticationException">The certificate is not trusted; it says why.</exception>
    private bool RefuseUntrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateNameMismatch && IsOfNamedHost(certificate))
            ? true
            : throw new AuthenticationException($"the server's certificate {CertificateProblem.Describe(chain, errors)}");

    // Sentinels and Clusters name their nodes by address, and few certificates hold addresses.
    private bool IsOfNamedHost(X509Certificate? certificate) =>
        address.Topology is not RedisTopology.Standalone
            && certificate is X509Certificate2 known
            && address.Hosts.Any(host => known.MatchesHostname(host));
}
