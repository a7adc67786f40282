using System.Net;
using System.Net.Sockets;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Names;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>
/// Decides what may be connected to, twice: by name and port before anything is sent (first hop and every redirect), and by
/// address when a connection is made. The addresses that were checked are the ones connected to, so a name that resolves
/// differently a moment later (DNS rebinding) gains nothing. Pooled connections are keyed by host and port: whoever reuses
/// one asked for the very name and port that it was checked for.
/// </summary>
public sealed class UpstreamGuard
{
    /// <summary>The network of the client that a request is sent for; none on what ClamProxy does by itself.</summary>
    public static readonly HttpRequestOptionsKey<string> Client = new("ClamProxy.Client");

    // A host with more addresses than this has plenty; a hostile one may list thousands.
    private const int MaxAddresses = 6;

    private readonly DownloadOptions _options;
    private readonly NameResolver _names;
    private readonly TimeProvider _time;
    private readonly ILogger<UpstreamGuard> _log;
    private readonly AllowedUpstreams _allowed;

    public UpstreamGuard(DownloadOptions options, NameResolver names, TimeProvider time, ILogger<UpstreamGuard> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _names = names;
        _time = time;
        _log = log;
        _allowed = new AllowedUpstreams(options.AllowedUpstreams);
    }

    /// <summary>Refuses what name, literal address or port already forbid, without a look-up. Null: on to the address check.</summary>
    public Failure? CheckName(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var grant = _allowed.GrantFor(uri.IdnHost, uri.Port);
        var isAllowed = HostName.TryLiteral(uri.IdnHost, out var literal)
            ? _allowed.Permits(grant, literal)
            : grant is not HostPermission.ListedNetworks || _allowed.HasNetworks;
        return isAllowed ? null : Forbidden(uri.IdnHost, uri.Port);
    }

    /// <summary>Resolves, checks and connects: the HTTP client's ConnectCallback.</summary>
    /// <exception cref="HttpRequestException">The guard refuses every address.</exception>
    /// <exception cref="NameException">The name was not resolved.</exception>
    /// <exception cref="SocketException">No allowed address could be connected to.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        context.InitialRequestMessage.Options.TryGetValue(Client, out var client);
        var addresses = await AllowedAddressesAsync(host, port, client, cancellationToken).ConfigureAwait(false);
        var started = _time.GetTimestamp();
        for (var i = 0; ; i++)
        {
            // A dead address uses up its share only, so that a later one gets its turn inside the connect time-out.
            var left = _options.ConnectTimeout - _time.GetElapsedTime(started);
            var share = TimeSpan.FromTicks(Math.Max(1, left.Ticks / (addresses.Count - i)));
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], port), share, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i < addresses.Count - 1)
            {
                // The next one may answer; the last one's exception is the answer.
            }
        }
    }

    private async Task<List<IPAddress>> AllowedAddressesAsync(string host, int port, string? client, CancellationToken cancellationToken)
    {
        IPAddress[] found = HostName.TryLiteral(host, out var literal)
            ? [literal]
            : await _names.FindAsync(host, client, cancellationToken).ConfigureAwait(false);
        var grant = _allowed.GrantFor(host, port);
        var allowed = found.Select(HostName.Unmapped).Where(address => _allowed.Permits(grant, address)).Take(MaxAddresses).ToList();
        if (allowed.Count > 0)
        {
            return allowed;
        }

        DownloadLog.AddressRefused(_log, host, port, found[0]);
        throw new UpstreamException(Forbidden(host, port));
    }

    private async Task<Stream> ConnectAsync(IPEndPoint endPoint, TimeSpan share, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(share, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, either.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();

            // The HTTP client tells its own time-out from a failure by the token that was cancelled.
            cancellationToken.ThrowIfCancellationRequested();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Names the host and port that were asked for, never an address that was found.
    private static Failure Forbidden(string host, int port) => new(
        FailureReason.UpstreamForbidden,
        $"The upstream {host}:{port} is not allowed: it must be a public host on port 80 or 443, or be listed in ALLOWED_UPSTREAMS.");
}
