using System.Net;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Names;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>
/// Decides what may be connected to, twice: by name and port before anything is sent (first hop and every redirect), and by
/// address when a connection is made. The addresses that were checked are the ones connected to, so a name that resolves
/// differently a moment later (DNS rebinding) gains nothing. Through a proxy (UPSTREAM_PROXY) only names and literal addresses are judged:
/// the proxy resolves. Pooled connections are keyed by host and port: whoever reuses
/// one asked for the very name and port that it was checked for.
/// </summary>
public sealed class UpstreamGuard
{
    /// <summary>The network of the client that a request is sent for; none on what ClamProxy does by itself.</summary>
    public static readonly HttpRequestOptionsKey<string> Client = new("ClamProxy.Client");

    // A host with more addresses than this has plenty; a hostile one may list thousands.
    private const int MaxAddresses = 6;

    private readonly NameResolver _names;
    private readonly UpstreamProxies _proxies;
    private readonly ILogger<UpstreamGuard> _log;
    private readonly AllowedUpstreams _allowed;
    private readonly string _what;
    private readonly string _setting;

    public UpstreamGuard(DownloadOptions options, NameResolver names, UpstreamProxies proxies, ILogger<UpstreamGuard> log)
        : this(new AllowedUpstreams(Listed(options)), "upstream", "ALLOWED_UPSTREAMS", names, proxies, log)
    {
    }

    /// <summary>Guards another kind of target by a list of its own.</summary>
    /// <param name="allowed">What may be reached.</param>
    /// <param name="what">What such a target is called in a sentence.</param>
    /// <param name="setting">The variable that holds the list.</param>
    /// <param name="names">Resolves names.</param>
    /// <param name="proxies">What is asked through a proxy.</param>
    /// <param name="log">Told of refused addresses.</param>
    internal UpstreamGuard(
        AllowedUpstreams allowed, string what, string setting, NameResolver names, UpstreamProxies proxies, ILogger<UpstreamGuard> log)
    {
        _allowed = allowed;
        _what = what;
        _setting = setting;
        _names = names;
        _proxies = proxies;
        _log = log;
    }

    /// <summary>Refuses what name, literal address or port already forbid, without a look-up. Null: on to the address check.</summary>
    public Failure? CheckName(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var grant = _allowed.GrantFor(uri.IdnHost, uri.Port);
        var isAllowed = HostName.TryLiteral(uri.IdnHost, out var literal) ? _allowed.Permits(grant, literal)
            : _proxies.For(uri) is null ? grant is not HostPermission.ListedNetworks || _allowed.HasNetworks
            : grant is HostPermission.InternalAddresses || (grant is HostPermission.PublicAddresses && HostName.LooksPublic(uri.IdnHost));
        return isAllowed ? null : Forbidden(uri.IdnHost, uri.Port);
    }

    /// <summary>The addresses of a host that may be connected to, at least one, the two families in turns (RFC 8305 §4).</summary>
    /// <exception cref="UpstreamException">The guard refuses every address.</exception>
    /// <exception cref="NameException">The name was not resolved.</exception>
    internal async Task<List<IPAddress>> AllowedAddressesAsync(
        string host, int port, string? client, CancellationToken cancellationToken)
    {
        var found = await ResolveAsync(host, client, cancellationToken).ConfigureAwait(false);
        var grant = _allowed.GrantFor(host, port);
        var allowed = InTurns(found.Where(address => _allowed.Permits(grant, address)));
        if (allowed.Count > 0)
        {
            return allowed;
        }

        DownloadLog.AddressRefused(_log, host, port, found[0]);
        throw new UpstreamException(_allowed.IsList && grant is not HostPermission.ListedNetworks
            ? new Failure(
                FailureReason.UpstreamForbidden,
                $"The {_what} {host}:{port} is not allowed: its name is listed in {_setting}, but its address is one that only an "
                    + "exact host name or a CIDR in that list allows.")
            : Forbidden(host, port));
    }

    /// <summary>The addresses of a host that an operator has named, whatever they are.</summary>
    /// <exception cref="NameException">The name was not resolved.</exception>
    internal async Task<List<IPAddress>> AddressesAsync(string host, string? client, CancellationToken cancellationToken) =>
        InTurns(await ResolveAsync(host, client, cancellationToken).ConfigureAwait(false));

    private async Task<List<IPAddress>> ResolveAsync(string host, string? client, CancellationToken cancellationToken) =>
        HostName.TryLiteral(host, out var literal)
            ? [literal]
            : [.. (await _names.FindAsync(host, client, cancellationToken).ConfigureAwait(false)).Select(HostName.Unmapped)];

    private static List<IPAddress> InTurns(IEnumerable<IPAddress> addresses)
    {
        var families = addresses.GroupBy(address => address.AddressFamily).Select(family => family.ToList()).ToList();
        return [.. Enumerable.Range(0, MaxAddresses)
            .SelectMany(place => families.Where(family => place < family.Count).Select(family => family[place])).Take(MaxAddresses)];
    }

    // Names the host and port that were asked for, never an address that was found.
    private Failure Forbidden(string host, int port) => new(
        FailureReason.UpstreamForbidden,
        _allowed.IsList
            ? $"The {_what} {host}:{port} is not allowed: it is not listed in {_setting}."
            : $"The {_what} {host}:{port} is not allowed: it must be a public host on port 80 or 443, or be listed in {_setting}.");

    private static IReadOnlyList<string> Listed(DownloadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AllowedUpstreams;
    }
}
