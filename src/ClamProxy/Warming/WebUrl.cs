using ClamProxy.Core.Download;

namespace ClamProxy.Warming;

/// <summary>An absolute http or https URL, byte for byte, with the hash that its fragment may name.</summary>
/// <param name="Text">Without its fragment.</param>
/// <param name="Base">All of it up to the last segment of its path: what <c>Download-From</c> gets.</param>
/// <param name="Rest">The last segment with the slash before it, and the query: so short a path is hardly that of a route of
/// ClamProxy's.</param>
internal sealed record WebUrl(string Text, string Base, string Rest, IReadOnlyList<FileDigest> Digests)
{
    public string TextWithoutQuery => Text.Split('?')[0];

    public static bool Is(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <param name="problem">Null, or one sentence: what is wrong, and what a right one looks like.</param>
    public static WebUrl? Parse(string url, out string? problem)
    {
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        var text = hash < 0 ? url : url[..hash];
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var slash = text.LastIndexOf('/', query < 0 ? text.Length - 1 : query);
        var (start, rest) = slash <= text.IndexOf("://", StringComparison.Ordinal) + 2
            ? (query < 0 ? text : text[..query], "/" + (query < 0 ? "" : text[query..]))
            : (text[..slash], text[slash..]);
        if (!Is(text) || Target.TryCreate(start, rest, out problem) is not { } target)
        {
            problem = TargetProblem(start, rest);
            return null;
        }

        problem = null;
        return new(target.Text, start, rest, hash < 0 ? [] : OfFragment(url[(hash + 1)..]));
    }

    private static string? TargetProblem(string start, string rest)
    {
        _ = Target.TryCreate(start, rest, out var problem);
        return problem ?? "is not an absolute http or https URL; one looks like https://files.example.org/pub/file.tar.gz";
    }

    // As pip writes it: #sha256=…, maybe beside others.
    private static IReadOnlyList<FileDigest> OfFragment(string fragment) =>
        [
            .. fragment.Split('&').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).Select(
                part => FileDigest.OfHex(part[0], part[1])).OfType<FileDigest>()];
}
