namespace ClamProxy.Rewriting;

/// <summary>
/// The relative references of one page. A client resolves them against the URL by which it asked this proxy; they are meant against the
/// URL that upstream's answer really came from, or against the page's <c>base</c>. Where the two differ, the reference is replaced.
/// </summary>
internal sealed class RelativeLinks
{
    private readonly LinkPaths _paths;
    private readonly string _publicBase;
    private readonly string _publicPath;
    private LinkUrl _server;
    private string _path;
    private string _clientPath;
    private bool _hasBase;
    private bool _isElsewhere;

    private RelativeLinks(LinkPaths paths, string publicBase, LinkUrl page, string clientPath)
    {
        (_paths, _publicBase) = (paths, publicBase);
        _publicPath = PathOf(LinkUrl.Parse(publicBase)!).TrimEnd('/');
        (_server, _path) = (page, PathOf(page));
        _clientPath = _publicPath + clientPath;
    }

    /// <param name="paths">Where the route's links lead.</param>
    /// <param name="publicBase">By which URL clients reach this proxy, without a slash at its end.</param>
    /// <param name="asked">The URL that was asked of upstream.</param>
    /// <param name="page">
    /// The URL that the answer came from. Where no path leads to its server it counts for nothing: the server that was asked may lead there
    /// by redirects, as it did now.
    /// </param>
    /// <returns>Null: the client names its source, so that nobody can say where its links lead.</returns>
    public static RelativeLinks? Of(LinkPaths paths, string publicBase, string asked, string page) =>
        LinkUrl.Parse(page) is { } from
        && LinkUrl.Parse(asked) is { } url
        && paths.Own.Find(url, PathOf(url)) is { } clientPath
            ? new(paths, publicBase, paths.Know(from) ? from : url, clientPath)
            : null;

    /// <summary>How many references were to be replaced.</summary>
    public long Replaced { get; private set; }

    /// <summary>What a reference has to be replaced with.</summary>
    /// <param name="reference">Its text, decoded, without blanks around it.</param>
    /// <returns>An absolute URL of this proxy; null: the reference stays as it is.</returns>
    public string? Of(string reference)
    {
        var end = reference.AsSpan().IndexOfAny('?', '#') is var at and >= 0 ? at : reference.Length;
        if (_isElsewhere || reference.Length == 0 || reference[0] == '#' || !RelativePath.Is(reference))
        {
            return null;
        }

        var path = _paths.Find(_server, RelativePath.Resolve(_path, reference[..end]));
        if (path is null || _publicPath + path == RelativePath.Resolve(_clientPath, reference[..end]))
        {
            return null;
        }

        Replaced++;
        return _publicBase + path + reference[end..];
    }

    /// <summary>From here on references hang on a <c>base</c>; the first one counts.</summary>
    public void SetBase(string reference)
    {
        if (_hasBase || reference.Length == 0)
        {
            return;
        }

        _hasBase = true;
        var (url, path) = Resolved(reference);
        _isElsewhere = path is null;
        if (path is not null)
        {
            (_server, _path) = (url!, PathOf(url!));
            _clientPath = _publicPath + path;
        }
    }

    private (LinkUrl? Url, string? Path) Resolved(string reference)
    {
        if (RelativePath.Is(reference))
        {
            var path = RelativePath.Resolve(_path, WithoutQuery(reference));
            return (_server with { Rest = path }, _paths.Find(_server, path));
        }

        var url = LinkUrl.Parse(reference) is { } parsed ? parsed with { Scheme = parsed.Scheme ?? _server.Scheme } : null;
        return (url, url is null ? null : _paths.FindByRule(url, PathOf(url)));
    }

    private static string PathOf(LinkUrl url) => WithoutQuery(url.Rest) is { Length: > 0 } path ? path : "/";

    private static string WithoutQuery(string text) => text.AsSpan().IndexOfAny('?', '#') is var end and >= 0 ? text[..end] : text;
}
