namespace ClamProxy.Rewriting;

/// <summary>By which paths of this proxy the URLs of one route's texts are reached.</summary>
internal sealed class LinkPaths
{
    private readonly LinkPath[][] _ranks;

    /// <param name="rules">What the route's rules say.</param>
    /// <param name="own">The route itself.</param>
    /// <param name="others">Routes that are asked where neither leads to a URL.</param>
    public LinkPaths(IEnumerable<LinkPath> rules, LinkPath own, IEnumerable<LinkPath> others)
    {
        Own = own;
        _ranks = [LongestFirst(rules), [own], LongestFirst(others)];
    }

    /// <summary>The route's own upstream and path.</summary>
    public LinkPath Own { get; }

    /// <summary>All of it as text: two that are equal lead to the same places.</summary>
    public IEnumerable<string> Texts => _ranks.SelectMany(rank => rank).SelectMany(path => new[] { path.Upstream, path.Path });

    /// <summary>Whether any path leads to a server.</summary>
    public bool Know(LinkUrl server) => _ranks.Any(rank => Array.Exists(rank, one => one.IsOf(server)));

    /// <param name="server">An upstream server.</param>
    /// <param name="path">A path of that server, without dot segments.</param>
    /// <returns>The path of this proxy; null: none leads there.</returns>
    public string? Find(LinkUrl server, string path)
    {
        foreach (var rank in _ranks)
        {
            foreach (var one in rank)
            {
                if (one.Find(server, path) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>The same for an absolute link, which is rewritten where a rule names it, and nowhere else.</summary>
    public string? FindByRule(LinkUrl url, string path) =>
        _ranks[0].Where(rule => rule.Names(url)).Select(one => one.Find(url, path)).FirstOrDefault(found => found is not null);

    private static LinkPath[] LongestFirst(IEnumerable<LinkPath> paths) => [.. paths.OrderByDescending(path => path.Upstream.Length)];
}
