using ClamProxy.Core.Download.Identity;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>Finds the route of a path, the longest prefix wins, and knows what of it never changes.</summary>
internal sealed class RouteTable(HttpDoorOptions options)
{
    private readonly ProxyRouteOptions[] _longestFirst = [.. options.Routes.Values.OrderByDescending(route => route.Path.Length)];
    private readonly Dictionary<ProxyRouteOptions, ImmutablePaths> _immutable = options.Routes.Values.ToDictionary(
        route => route, route => new ImmutablePaths(route.Immutable));

    private readonly Dictionary<ProxyRouteOptions, UpstreamIdentity?> _identities = options.Routes.Values.ToDictionary(
        route => route,
        route => route.Bucket?.Identity ?? UpstreamIdentity.Of(route.Credential, route.ClientCertificate, route.ClientKey));

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
    public UpstreamIdentity? IdentityOf(ProxyRouteOptions route) => _identities[route];

    /// <summary>Whether a cached verdict may be used for a path of a route.</summary>
    /// <param name="rest">As <see cref="Find"/> gave it.</param>
    public bool IsImmutable(ProxyRouteOptions route, string rest) => route.CacheScan || HasImmutable(route, rest);

    /// <summary>Whether a path of a route is one of its immutable files, by its patterns.</summary>
    /// <param name="route">The route.</param>
    /// <param name="rest">As <see cref="Find"/> gave it.</param>
    public bool HasImmutable(ProxyRouteOptions route, string rest) => _immutable[route].Contain(rest);
}
