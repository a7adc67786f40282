namespace ClamProxy.Core.Download;

/// <summary>The absolute upstream URL of one request, byte for byte as it goes on the wire.</summary>
public sealed class Target
{
    // Uri would otherwise decode, re-encode and shorten the path: upstream must see what the client wrote.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly int _pathStart;

    private Target(string text, Uri uri, int pathStart)
    {
        Text = text;
        Uri = uri;
        _pathStart = pathStart;
    }

    /// <summary>The whole URL as sent: it may hold secrets in its query, so it is never logged.</summary>
    public string Text { get; }

    /// <summary>Whether its path has a segment that climbs in some reading an upstream may give it.</summary>
    public bool Climbs => PathDepth.Climbs(Path.ToString());

    /// <summary>The URL up to its query, for logs and problems.</summary>
    public string TextWithoutQuery => Text.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? Text[..query] : Text;

    /// <summary>Host and port, for problems and logs.</summary>
    public string Server => $"{(Uri.HostNameType == UriHostNameType.IPv6 ? Uri.Host : Uri.IdnHost)}:{Uri.Port}";

    /// <summary>The same URL for the HTTP client, its path and query untouched.</summary>
    public Uri Uri { get; }

    /// <summary>The path up to its last slash, without that: the root is a slash (RFC 6265 §5.1.4).</summary>
    public string Directory => Path.LastIndexOf('/') is var slash and > 0 ? Path[..slash].ToString() : "/";

    internal ReadOnlySpan<char> Origin => Text.AsSpan(0, _pathStart);

    internal ReadOnlySpan<char> Path => TextWithoutQuery.AsSpan(_pathStart);

    /// <summary>Appends a request's raw path and query to an upstream base (less the base's trailing slash).</summary>
    /// <param name="baseUrl">An absolute http or https URL without user-info, query or fragment.</param>
    /// <param name="rawPathAndQuery">The request target as the client sent it: it begins with a slash.</param>
    /// <param name="problem">Null, or one sentence: what is wrong, and what a right one looks like.</param>
    public static Target? TryCreate(string baseUrl, string rawPathAndQuery, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        ArgumentNullException.ThrowIfNull(rawPathAndQuery);
        problem = BaseProblem(baseUrl) ?? PathProblem(rawPathAndQuery);
        if (problem is not null)
        {
            return null;
        }

        var root = baseUrl.EndsWith('/') ? baseUrl[..^1] : baseUrl;
        return TryParse(root + rawPathAndQuery, out problem);
    }

    /// <summary>Resolves a <c>Location</c> header against this URL (RFC 3986 §5.2); its fragment is dropped.</summary>
    /// <param name="location">The header's value: relative, absolute or scheme-relative.</param>
    /// <param name="problem">Null, or one sentence: why it is not followed.</param>
    public Target? TryRedirect(string location, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(location);
        return TryParse(RedirectReference.Resolve(this, location), out problem);
    }

    /// <summary>Takes one absolute URL as it is.</summary>
    internal static Target? TryParse(string url, out string? problem)
    {
        var parts = TargetSyntax.Split(url, out problem);
        if (parts is null)
        {
            return null;
        }

        // An empty path is "/" on the wire (RFC 9112 §3.2.1).
        var path = url[parts.PathStart..];
        var text = path.StartsWith('/') ? url : $"{url[..parts.PathStart]}/{path}";
        if (!Uri.TryCreate(text, in AsWritten, out var uri) || uri.Host.Length == 0 || uri.Port == 0)
        {
            problem = $"'{url[..parts.PathStart]}' is not a server's address; one looks like https://files.example.org";
            return null;
        }

        return new Target(text, uri, parts.PathStart);
    }

    internal bool HasSameOrigin(Target other) =>
        Uri.Scheme == other.Uri.Scheme
        && Uri.Port == other.Uri.Port
        && HostName.Normalise(Uri.IdnHost) == HostName.Normalise(other.Uri.IdnHost);

    public override string ToString() => TextWithoutQuery;

    private static string? BaseProblem(string baseUrl)
    {
        if (baseUrl.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            return "The upstream base has a query or a fragment; one without looks like https://files.example.org/pub";
        }

        _ = TargetSyntax.Split(baseUrl, out var problem);
        return problem;
    }

    private static string? PathProblem(string rawPathAndQuery)
    {
        if (!rawPathAndQuery.StartsWith('/'))
        {
            return "The request's path does not begin with a slash; one looks like /pub/file.tar.gz";
        }

        var query = rawPathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return PathDepth.StaysInside(query < 0 ? rawPathAndQuery : rawPathAndQuery.AsSpan(0, query))
            ? null
            : "The request's path climbs out of the upstream base with dot segments; one that stays inside looks like /pub/file.tar.gz";
    }
}
