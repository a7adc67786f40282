using System.Buffers;

namespace ClamProxy.Core.Download;

/// <summary>The few forms of an absolute URL that are taken. Stricter than Uri, so that no two readers can disagree on the host.</summary>
internal sealed record TargetSyntax(int PathStart)
{
    private static readonly SearchValues<char> AuthorityCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]");

    // Visible ASCII less '#': no fragment is ever sent.
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create(string.Concat(Enumerable.Range(0x21, 0x7E - 0x20).Select(code => (char)code).Where(c => c != '#')));

    /// <summary>Where the path of <paramref name="url"/> begins; null with a problem when it is no URL that may be fetched.</summary>
    public static TargetSyntax? Split(string url, out string? problem)
    {
        var start = AuthorityStart(url);
        if (start == 0)
        {
            problem = "The upstream is not an absolute http or https URL; one looks like https://files.example.org/pub";
            return null;
        }

        var length = url.AsSpan(start).IndexOfAny('/', '?', '#');
        var end = length < 0 ? url.Length : start + length;
        problem = AuthorityProblem(url.AsSpan(start, end - start)) ?? RestProblem(url.AsSpan(end));
        return problem is null ? new TargetSyntax(end) : null;
    }

    private static int AuthorityStart(string url) =>
        url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://".Length
        : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://".Length
        : 0;

    private static string? AuthorityProblem(ReadOnlySpan<char> authority)
    {
        if (authority.Contains('@'))
        {
            return "The upstream URL carries user-info; send it as an Authorization header, and the URL as https://files.example.org/pub";
        }

        var host = authority;
        var port = authority.LastIndexOf(':');
        if (port > authority.LastIndexOf(']'))
        {
            host = authority[..port];
        }

        if (host.IsEmpty)
        {
            return "The upstream URL names no host; one that does looks like https://files.example.org/pub";
        }

        return authority.ContainsAnyExcept(AuthorityCharacters)
            ? "The upstream URL's host holds a character that no host name has; a right one looks like https://files.example.org/pub"
            : null;
    }

    private static string? RestProblem(ReadOnlySpan<char> rest)
    {
        if (rest.Contains('#'))
        {
            return "The URL has a fragment, which is never sent to a server; leave out '#' and what follows, or write it as %23";
        }

        return rest.ContainsAnyExcept(PathCharacters)
            ? "The URL holds a space, a control character or one outside ASCII; write it percent-encoded, such as %20"
            : null;
    }
}
