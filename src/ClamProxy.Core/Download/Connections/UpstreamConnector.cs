using System.Net;
using System.Net.Sockets;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download.Connections;

/// <summary>
/// Makes connections to upstreams by whichever of their allowed addresses answers first, and remembers those that did not.
/// </summary>
internal sealed class UpstreamConnector(DownloadOptions options, UpstreamGuard guard, TimeProvider time)
{
    private readonly AddressMemory _memory = new(options.AvoidAddressFor, time);
    private readonly AddressRace _race = new(options.NextAddressAfter, time);

    /// <summary>To the server itself, TLS included: the guard judges each address.</summary>
    /// <exception cref="HttpRequestException">The guard refuses every address, or the handshake failed.</exception>
    /// <exception cref="Names.NameException">The name was not resolved.</exception>
    /// <exception cref="SocketException">No allowed address could be connected to.</exception>
    public async ValueTask<Stream> ToServerAsync(
        SocketsHttpConnectionContext context, UpstreamTls tls, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var request = context.InitialRequestMessage;
        request.Options.TryGetValue(UpstreamGuard.Client, out var client);
        var isSecure = request.RequestUri!.Scheme == Uri.UriSchemeHttps;
        var offersHttp2 = request.Version.Major >= 2;
        var addresses = await guard.AllowedAddressesAsync(host, port, client, cancellationToken).ConfigureAwait(false);
        var (stream, winner) = await RaceAsync(
            host,
            port,
            addresses,
            async (address, ending) =>
            {
                var connection = await ConnectAsync(new IPEndPoint(address, port), ending).ConfigureAwait(false);
                return isSecure ? await tls.HandshakeAsync(connection, host, offersHttp2, ending).ConfigureAwait(false) : connection;
            },
            cancellationToken).ConfigureAwait(false);
        var isRepeatable = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
        return isSecure || !isRepeatable || addresses.Count == 1 ? stream : Watched(stream, host, port, winner, addresses);
    }

    /// <summary>To a proxy of the operator's, at any address.</summary>
    public async ValueTask<Stream> ToProxyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await guard.AddressesAsync(host, client: null, cancellationToken).ConfigureAwait(false);
        try
        {
            var (stream, _) = await RaceAsync(
                host, port, addresses, (address, ending) => ConnectAsync(new IPEndPoint(address, port), ending), cancellationToken)
                .ConfigureAwait(false);
            return stream;
        }
        catch (SocketException exception)
        {
            throw new UpstreamException(new Failure(
                FailureReason.UpstreamUnreachable, "The proxy that UPSTREAM_PROXY names could not be connected to.", exception)
            {
                IsWithoutConnection = true,
            });
        }
    }

    private async Task<(Stream Stream, IPAddress Winner)> RaceAsync(
        string host,
        int port,
        IReadOnlyList<IPAddress> addresses,
        Func<IPAddress, CancellationToken, Task<Stream>> connect,
        CancellationToken cancellationToken)
    {
        var (stream, winner, beaten) = await _race.RunAsync(
            _memory.InOrder(host, port, addresses), connect, cancellationToken).ConfigureAwait(false);
        foreach (var address in beaten)
        {
            _memory.Failed(host, port, address);
        }

        return (stream, winner);
    }

    /// <summary>
    /// A silent address is given up only where a retry is left for another one: with two retries it may happen twice in a row.
    /// </summary>
    private SilenceWatch Watched(Stream stream, string host, int port, IPAddress winner, List<IPAddress> addresses)
    {
        var failed = addresses.Count(address => _memory.HasFailed(host, port, address));
        var isAlone = addresses.TrueForAll(address => address.Equals(winner) || _memory.HasFailed(host, port, address));
        return new SilenceWatch(
            stream, breaks: failed < options.Retries && !isAlone, options.FirstByteTimeout, () => _memory.Failed(host, port, winner), time);
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
