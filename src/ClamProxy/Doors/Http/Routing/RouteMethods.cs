namespace ClamProxy.Doors.Http.Routing;

/// <summary>Which methods one route allows.</summary>
internal sealed class RouteMethods
{
    /// <summary>What is allowed where nobody says otherwise.</summary>
    public static readonly IReadOnlyList<string> Reading = [HttpMethods.Get, HttpMethods.Head];

    private readonly MethodRule[] _rules;
    private readonly bool _hasPatterns;

    public RouteMethods(ProxyRouteOptions route)
    {
        _rules = [.. route.Methods.Concat(route.Publish ? route.PublishMethods : []).Select(rule => MethodRule.Parse(rule)!)];
        _hasPatterns = Array.Exists(_rules, rule => !rule.Allows(null));
    }

    /// <param name="rest">The raw path and query behind the route's prefix; it begins with a slash.</param>
    public IReadOnlyList<string> Of(string rest)
    {
        var segments = _hasPatterns ? SegmentsOf(rest) : null;
        return [.. _rules.Where(rule => rule.Allows(segments)).Select(rule => rule.Method).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// The path's segments, decoded. An encoded slash is a border here, since npm encodes the one in a scoped package's name. Null: a path
    /// with dot segments, or one that is encoded twice.
    /// </summary>
    private static string[]? SegmentsOf(string rest)
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var segments = Uri.UnescapeDataString(query < 0 ? rest[1..] : rest[1..query]).Split('/', '\\');
        return Array.Exists(segments, segment => segment.Contains('%', StringComparison.Ordinal) || IsDots(segment)) ? null : segments;
    }

    private static bool IsDots(string segment)
    {
        var end = segment.AsSpan().IndexOfAny(";?#\0");
        var name = end < 0 ? segment : segment.AsSpan(0, end);
        return !name.IsEmpty && !name.ContainsAnyExcept('.', ' ');
    }
}
