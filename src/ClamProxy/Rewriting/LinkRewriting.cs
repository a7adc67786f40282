using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>How the links in the text answers of one request are rewritten.</summary>
internal sealed class LinkRewriting
{
    private const int TagBytes = 8;

    // Goes into the entity tags: what this version makes of a text may differ from what an earlier one made.
    private const string Version = "2";

    private readonly byte[][] _replacements;
    private readonly LinkPaths? _paths;

    public LinkRewriting(LinkTree tree, string publicBase, string[] from, string[] to, LinkPaths? paths = null)
    {
        _paths = paths;
        Tree = tree;
        PublicBase = publicBase;
        From = from;
        _replacements =
        [
            .. to.SelectMany(
                path =>
                    SlashForms.All.Select(
                        form => Encoding.ASCII.GetBytes($"{publicBase}{path}".Replace("/", form.Text(), StringComparison.Ordinal))))
        ];
        var all = Encoding.UTF8.GetBytes(string.Join('\n', [Version, publicBase, .. from, .. to, .. paths?.Texts ?? []]));
        Tags = new(Convert.ToHexStringLower(SHA256.HashData(all).AsSpan(0, TagBytes)));
    }

    public LinkTree Tree { get; }

    /// <summary>What the links begin with upstream.</summary>
    public IReadOnlyList<string> From { get; }

    /// <summary>What the links begin with, without a slash at its end.</summary>
    public string PublicBase { get; }

    /// <summary>The entity tags of texts that were rewritten so.</summary>
    public RewrittenTags Tags { get; }

    /// <summary>Where the relative references of one text lead; null: they stay unchanged.</summary>
    /// <param name="asked">The URL that was asked of upstream.</param>
    /// <param name="page">The URL that the answer came from.</param>
    public RelativeLinks? Relative(string asked, string page) =>
        _paths is null ? null : RelativeLinks.Of(_paths, PublicBase, asked, page);

    /// <summary>What replaces a prefix.</summary>
    public ReadOnlySpan<byte> Replacement(LinkPattern pattern) =>
        _replacements[(pattern.Rule * SlashForms.All.Length) + (int)pattern.Slashes];
}
