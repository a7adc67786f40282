using System.Buffers;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>All prefixes of links that a route's rules name, in all forms that they are looked for in. The longest wins.</summary>
internal sealed class LinkTree
{
    private readonly LinkTreeNode _root = new();

    /// <param name="prefixes">Absolute URLs without the slash at their end; each stands for the rule of its place.</param>
    public LinkTree(IReadOnlyList<string> prefixes)
    {
        for (var rule = 0; rule < prefixes.Count; rule++)
        {
            foreach (var (url, form) in Spellings(prefixes[rule]).SelectMany(url => SlashForms.All.Select(form => (url, form))))
            {
                var authority = url.IndexOf("//", StringComparison.Ordinal);
                Add(url, new(rule, form, IsSchemeRelative: false));
                Add(url[authority..], new(rule, form, IsSchemeRelative: true));
            }
        }

        Beginnings = SearchValues.Create(_root.Bytes);
    }

    /// <summary>The bytes that a match can begin with.</summary>
    public SearchValues<byte> Beginnings { get; }

    /// <summary>The most bytes of a text that are ever too few to tell what begins with them.</summary>
    public int MostOpen { get; private set; }

    /// <param name="text">What is here of the text, from the place in question on.</param>
    /// <param name="previous">The byte before it; negative at the text's beginning.</param>
    /// <param name="isEnd">Nothing follows.</param>
    public LinkMatch Match(ReadOnlySpan<byte> text, int previous, bool isEnd)
    {
        var longest = default(LinkMatch);
        var node = _root;
        for (var length = 0; ; length++)
        {
            if (length == text.Length && !isEnd && (node.Pattern is not null || !node.IsLast))
            {
                return new(null, 0, IsOpen: true);
            }

            if (node.Pattern is { } pattern
                && (length == text.Length || UrlText.Ends(text[length]))
                && (!pattern.IsSchemeRelative || UrlText.MayBeginAfter(previous)))
            {
                longest = new(pattern, length, IsOpen: false);
            }

            if (length == text.Length || node.Next(text[length]) is not { } next)
            {
                return longest;
            }

            node = next;
        }
    }

    /// <summary>The prefix without the scheme's own port, and with it; one with another port as it is.</summary>
    private static string[] Spellings(string url)
    {
        var (plain, port) = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? (url, ":443") : (url, ":80");
        var host = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = url.IndexOf('/', host) is var slash and >= 0 ? slash : url.Length;
        if (url[host..end].EndsWith(port, StringComparison.Ordinal) && !url[host..end].EndsWith("::" + port[1..], StringComparison.Ordinal))
        {
            plain = url.Remove(end - port.Length, port.Length);
            end -= port.Length;
        }

        var hasPort = plain.LastIndexOf(':', end - 1) is var colon && colon >= host && colon > plain.LastIndexOf(']', end - 1);
        return hasPort ? [plain] : [plain, plain.Insert(end, port)];
    }

    /// <summary>Scheme, host and port are the same in any case, a path is not (RFC 3986 §6.2.2.1).</summary>
    private void Add(string url, LinkPattern pattern)
    {
        var host = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var path = url.IndexOf('/', host) is var slash and >= 0 ? slash : url.Length;
        var (node, length) = (_root, 0);
        for (var at = 0; at < url.Length; at++)
        {
            foreach (var one in Encoding.ASCII.GetBytes(url[at] == '/' ? pattern.Slashes.Text() : url[at].ToString()))
            {
                node = node.Add(one, isOfAnyCase: at < path || url[at] == '/');
                length++;
            }
        }

        node.Pattern = pattern;
        MostOpen = Math.Max(MostOpen, length);
    }
}
