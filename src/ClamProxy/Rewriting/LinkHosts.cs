using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>Whose the links of one request's answer are: this proxy's, a rule's, the upstream's own, or a stranger's.</summary>
internal sealed class LinkHosts
{
    private readonly List<LinkUrl> _own;
    private readonly byte[][] _plainlyOwn;
    private readonly List<LinkUrl> _rules;
    private readonly LinkUrl? _upstream;
    private readonly string _scheme;

    /// <param name="publicBases">By which URLs clients reach this proxy; the first has the scheme of references without one.</param>
    /// <param name="upstream">The route's upstream base.</param>
    /// <param name="from">The prefixes of the links that rules rewrite.</param>
    public LinkHosts(IReadOnlyList<string> publicBases, string upstream, IReadOnlyList<string> from)
    {
        _own = [.. publicBases.Select(LinkUrl.Parse).OfType<LinkUrl>()];
        _plainlyOwn = [.. publicBases.Select(url => Encoding.ASCII.GetBytes($"{url}/"))];
        _scheme = _own.FirstOrDefault()?.Scheme ?? "http";
        _rules = [.. from.Select(LinkUrl.Parse).OfType<LinkUrl>()];
        _upstream = LinkUrl.Parse(upstream);
    }

    /// <summary>Whether a link is written as this proxy writes its own, as most are: nothing else has to be known of it.</summary>
    public bool IsPlainlyOwn(ReadOnlySpan<byte> text)
    {
        foreach (var own in _plainlyOwn)
        {
            if (text.StartsWith(own))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a link leads to this proxy.</summary>
    public bool IsOwn(LinkUrl url) => _own.Exists(own => IsSameServer(own, url, _scheme));

    /// <summary>Whether a rule would rewrite a link if it were spelled differently.</summary>
    public bool IsOfARule(LinkUrl url) => _rules.Exists(rule =>
        (url.Scheme is null || url.Scheme == rule.Scheme)
            && IsSameServer(rule, url, rule.Scheme!)
            && $"{Path(url.Rest)}/".StartsWith($"{LinkRules.WithoutLastSlash(rule.Rest)}/", StringComparison.Ordinal));

    /// <summary>
    /// Whether a link leads to the upstream of a route that has no rules: nothing else can be said of it than that rules are missing.
    /// </summary>
    public bool IsUpstreamWithoutRules(LinkUrl url) => _rules.Count == 0 && _upstream is not null && IsSameServer(_upstream, url, _scheme);

    private static bool IsSameServer(LinkUrl one, LinkUrl other, string scheme) =>
        one.Host == other.Host && one.PortOr(scheme) == other.PortOr(scheme);

    /// <summary>The path as a server may read it: decoded, its dot segments resolved.</summary>
    private static string Path(string rest)
    {
        var end = rest.AsSpan().IndexOfAny('?', '#');
        var kept = new List<string>();
        foreach (
            var segment in Uri.UnescapeDataString(end < 0 ? rest : rest[..end]).Replace('\\', '/').Split(
                '/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("." or ".."))
            {
                kept.Add(segment);
            }
        }

        return "/" + string.Join('/', kept);
    }
}
