using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http;

/// <summary>What becomes of the links that a route's answers hold.</summary>
internal sealed class RouteLinks(HttpDoorOptions options, PublicBase publicBase)
{
    private readonly Dictionary<RouteOptions, LinkRules> _rules =
        options.Routes.Values.Where(route => route.Rewrite.Count > 0).ToDictionary(route => route, route => new LinkRules(route.Rewrite));

    /// <param name="wrong">Null, or why nobody can tell what the links are to begin with.</param>
    /// <returns>Null: nothing becomes of them.</returns>
    public LinkRewriting? Of(RouteOptions? route, HttpContext context, out string? wrong)
    {
        wrong = null;
        return route is not null && _rules.TryGetValue(route, out var rules) && publicBase.Of(context, out wrong) is { } found ? rules.To(found) : null;
    }
}
