
namespace ClamProxy.Rewriting;

/// <summary>A route's rules, ready to be used.</summary>
internal sealed class LinkRules
{
    private readonly string[] _from;
    private readonly string[] _to;
    private readonly LinkPaths? _paths;
    private LinkRewriting? _latest;

    /// <param name="rules">As the route has them.</param>
    /// <param name="paths">Where the relative references of its texts lead; null: they stay unchanged.</param>
    public LinkRules(IReadOnlyList<RewriteOptions> rules, LinkPaths? paths = null)
    {
        _paths = paths;
        _from = [.. rules.Select(rule => WithoutLastSlash(rule.From))];
        _to = [.. rules.Select(rule => WithoutLastSlash(rule.To))];
        Tree = new(_from);
    }

    public LinkTree Tree { get; }

    /// <summary>What the links begin with, each without a slash at its end.</summary>
    public IReadOnlyList<string> From => _from;

    /// <summary>
    /// The rules with what their links begin with from here on. Most requests come by the same name, so the latest is kept.
    /// </summary>
    /// <param name="publicBase">An absolute URL without a slash at its end.</param>
    public LinkRewriting To(string publicBase)
    {
        var latest = _latest;
        return latest?.PublicBase == publicBase ? latest : _latest = new(Tree, publicBase, _from, _to, _paths);
    }

    public static string WithoutLastSlash(string url) => url.EndsWith('/') ? url[..^1] : url;
}
