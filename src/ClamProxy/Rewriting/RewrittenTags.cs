using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Rewriting;

/// <summary>
/// The entity tags of rewritten texts: upstream's, with a mark of the rules and the public base behind it. Other rules make another text
/// of the same bytes, so a copy of theirs must not pass for current.
/// </summary>
internal sealed partial class RewrittenTags(string mark)
{
    private readonly string _ending = $"-links-{mark}\"";

    /// <summary>The mark of the rules and the public base.</summary>
    public string Rules => mark;

    /// <summary>The tag of the rewritten text, weak if upstream's is; null: upstream gave none, or an invalid one.</summary>
    public string? Mark(string? upstream) =>
        upstream is not null && Tag().Match(upstream) is { Success: true } tag && tag.Length == upstream.Length
            ? upstream[..^1] + _ending
            : null;

    /// <summary>
    /// The If-None-Match that asks upstream whether the client's rewritten text is current; null: it has none that these rules made.
    /// </summary>
    public string? ToUpstream(StringValues ifNoneMatch)
    {
        var ours = Tag().Matches(ifNoneMatch.ToString()).Select(tag => tag.Value)
            .Where(tag => tag.EndsWith(_ending, StringComparison.Ordinal))
            .Select(tag => tag[..^_ending.Length] + '"')
            .ToList();
        return ours.Count == 0 ? null : string.Join(", ", ours);
    }

    // RFC 9110 §8.8.3.
    [GeneratedRegex("""(?:W/)?"[\x21\x23-\x7E\x80-\xFF]*"(?=[ \t,]|$)""", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
