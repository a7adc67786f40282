using System.Runtime.CompilerServices;
using ClamProxy.Core.Download.Identity;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// Finds the route of a path, the longest prefix wins, and knows what of it never changes. A reload puts other routes in their place;
/// requests that have found theirs go on with it.
/// </summary>
internal sealed class RouteTable
{
    // Lives as long as somebody has the route: a request may be longer at work than its route is in force.
    private readonly ConditionalWeakTable<ProxyRouteOptions, Parts> _parts = [];
    private volatile ProxyRouteOptions[] _longestFirst = [];

    public RouteTable(HttpDoorOptions options) => Use(options.Routes.Values);

    /// <summary>As whom upstreams may be asked; null among them: as nobody in particular.</summary>
    public IReadOnlyList<UpstreamIdentity?> Identities => [.. _longestFirst.Select(IdentityOf).Append(null).Distinct()];

    /// <summary>From now on these are the routes.</summary>
    /// <exception cref="IOException">A certificate cannot be read: nothing has changed.</exception>
    public void Use(IEnumerable<ProxyRouteOptions> routes)
    {
        ProxyRouteOptions[] longestFirst = [.. routes.OrderByDescending(route => route.Path.Length)];

        // Connections belong to a certificate: a route that has the same as before keeps them.
        var known = _longestFirst.DistinctBy(IdentityKey).ToDictionary(IdentityKey, IdentityOf);
        foreach (var route in longestFirst)
        {
            _parts.AddOrUpdate(route, new Parts(
                new ImmutablePaths(route.Immutable),
                new RouteMethods(route),
                route.Bucket?.Identity
                    ?? (known.TryGetValue(IdentityKey(route), out var identity)
                        ? identity
                        : UpstreamIdentity.Of(route.Credential, route.ClientCertificate, route.ClientKey))));
        }

        _longestFirst = longestFirst;
    }

    /// <param name="rawTarget">The request's raw path and query.</param>
    /// <param name="rest">What is left of it behind the prefix; it begins with a slash.</param>
    public ProxyRouteOptions? Find(string rawTarget, out string rest)
    {
        foreach (var route in _longestFirst)
        {
            if (rawTarget.StartsWith(route.Prefix, StringComparison.Ordinal))
            {
                var behind = rawTarget[route.Prefix.Length..];
                if (behind.Length == 0 || behind[0] is '/' or '?')
                {
                    rest = behind.StartsWith('/') ? behind : "/" + behind;
                    return route;
                }
            }
        }

        rest = rawTarget;
        return null;
    }

    /// <summary>As whom a route's own upstream is asked; null: as nobody in particular.</summary>
    public UpstreamIdentity? IdentityOf(ProxyRouteOptions route) => PartsOf(route).Identity;

    /// <summary>Whether a cached verdict may be used for a path of a route.</summary>
    /// <param name="rest">As <see cref="Find"/> gave it.</param>
    public bool IsImmutable(ProxyRouteOptions route, string rest) => route.CacheScan || HasImmutable(route, rest);

    /// <summary>Whether a path of a route is one of its immutable files, by its patterns.</summary>
    /// <param name="route">The route.</param>
    /// <param name="rest">As <see cref="Find"/> gave it.</param>
    public bool HasImmutable(ProxyRouteOptions route, string rest) => PartsOf(route).Immutable.Contain(rest);

    /// <summary>The methods that clients may use for a path of a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="rest">As <see cref="Find"/> gave it.</param>
    public IReadOnlyList<string> MethodsOf(ProxyRouteOptions route, string rest) => PartsOf(route).Methods.Of(rest);

    private static (string?, string?, string?, object?) IdentityKey(ProxyRouteOptions route) =>
        (route.Credential, route.ClientCertificate, route.ClientKey, route.Bucket);

    private Parts PartsOf(ProxyRouteOptions route) =>
        _parts.TryGetValue(route, out var parts) ? parts : throw new KeyNotFoundException(route.Path);

    private sealed record Parts(ImmutablePaths Immutable, RouteMethods Methods, UpstreamIdentity? Identity);
}
