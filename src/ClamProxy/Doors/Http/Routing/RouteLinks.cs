using System.Runtime.CompilerServices;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// How the links in a route's answers are rewritten and checked: by its own rules and by the other routes that were in force with it.
/// </summary>
internal sealed class RouteLinks
{
    // As in RouteTable.
    private readonly ConditionalWeakTable<ProxyRouteOptions, OneRoute> _routes = [];
    private readonly RouteTable _table;
    private readonly PublicBase _publicBase;

    public RouteLinks(HttpDoorOptions options, RouteTable table, PublicBase publicBase)
    {
        (_table, _publicBase) = (table, publicBase);
        Add(options.Routes);
    }

    /// <summary>Adds routes that are in force together. Call it before requests can find them.</summary>
    public void Add(IReadOnlyDictionary<string, ProxyRouteOptions> routes)
    {
        foreach (var (name, route) in routes)
        {
            _routes.AddOrUpdate(route, new OneRoute(name, route, routes.Values));
        }
    }

    /// <param name="route">The request's; null: it has none.</param>
    /// <param name="rest">The path and query behind the route's prefix.</param>
    /// <param name="isItsUpstream">The route's own source is asked, and not one that the client names.</param>
    /// <param name="context">The request.</param>
    /// <param name="wrong">Null, or why nobody can tell what the links are to begin with.</param>
    /// <returns>Null: the answer's links are nobody's matter.</returns>
    public AnswerLinks? Of(ProxyRouteOptions? route, string rest, bool isItsUpstream, HttpContext context, out string? wrong)
    {
        wrong = null;
        if (route is null)
        {
            return null;
        }

        var one = _routes.TryGetValue(route, out var known) ? known : throw new KeyNotFoundException(route.Path);

        // What never changes as a whole and has rules all the same is an index that its operator wants rewritten.
        var isFile = isItsUpstream ? _table.HasImmutable(route, rest) || (one.Rules is null && route.CacheScan) : one.Rules is null;
        if (isFile && one.Rules is null)
        {
            return one.Files;
        }

        var found = _publicBase.Of(context, out var unknown);
        wrong = one.Rules is null ? null : unknown;
        return wrong is null ? one.To(found, isFile) : null;
    }

    /// <summary>
    /// What is the same for all requests of one route, and for those that come by the same name: most do, so the latest is kept.
    /// </summary>
    private sealed class OneRoute
    {
        private readonly string _name;
        private readonly ProxyRouteOptions _route;
        private Latest? _latest;

        public OneRoute(string name, ProxyRouteOptions route, IEnumerable<ProxyRouteOptions> all)
        {
            (_name, _route) = (name, route);
            Rules = route.Rewrite.Count > 0 ? new(route.Rewrite, PathsOf(route, all)) : null;
            Files = Of(null) with { IsFile = true };
        }

        public LinkRules? Rules { get; }

        /// <summary>For files of a route without rules: nothing in them depends on the request.</summary>
        public AnswerLinks Files { get; }

        public AnswerLinks To(string? publicBase, bool isFile)
        {
            if (_latest is not { } latest || latest.Base != publicBase)
            {
                var texts = Of(publicBase);
                _latest = latest = new(publicBase, texts, texts with { IsFile = true });
            }

            return isFile ? latest.Files : latest.Texts;
        }

        private static LinkPaths PathsOf(ProxyRouteOptions route, IEnumerable<ProxyRouteOptions> all) => new(
            route.Rewrite.Select(rule => new LinkPath(rule.From, rule.To)),
            new LinkPath(route.BaseUrl, route.Path),
            all.Where(other => other != route).Select(other => new LinkPath(other.BaseUrl, other.Path)));

        private AnswerLinks Of(string? publicBase) => new(
            _name, _route.ForeignLinks, new LinkHosts(
                publicBase is null ? [] : [publicBase], _route.BaseUrl, Rules?.From ?? []), publicBase is null
                ? null
                : Rules?.To(publicBase));

        private sealed record Latest(string? Base, AnswerLinks Texts, AnswerLinks Files);
    }
}
