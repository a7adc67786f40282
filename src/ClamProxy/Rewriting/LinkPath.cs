namespace ClamProxy.Rewriting;

/// <summary>A path of this proxy, and the upstream whose paths are below it.</summary>
internal sealed class LinkPath
{
    private readonly LinkUrl? _upstream;

    /// <param name="upstream">An absolute URL.</param>
    /// <param name="path">A path; the slash at its end does not matter.</param>
    public LinkPath(string upstream, string path)
    {
        Upstream = LinkRules.WithoutLastSlash(upstream);
        Path = LinkRules.WithoutLastSlash(path);
        _upstream = LinkUrl.Parse(Upstream);
    }

    /// <summary>Without a slash at its end.</summary>
    public string Upstream { get; }

    /// <summary>Without a slash at its end: empty for the root.</summary>
    public string Path { get; }

    /// <summary>The path of this proxy behind which an upstream's is; null: it is not below this one.</summary>
    public string? Find(LinkUrl server, string path) =>
        IsOf(server)
        && path.StartsWith(_upstream!.Rest, StringComparison.Ordinal)
        && (path.Length == _upstream.Rest.Length || path[_upstream.Rest.Length] == '/')
            ? Path + path[_upstream.Rest.Length..]
            : null;

    /// <summary>Whether a link of this scheme is the upstream's.</summary>
    public bool Names(LinkUrl url) => _upstream?.Scheme == url.Scheme;

    /// <summary>Whether the upstream is on a server. One that is asked in plain HTTP may answer from itself over TLS.</summary>
    public bool IsOf(LinkUrl server) =>
        _upstream is not null
        && _upstream.Host == server.Host
        && _upstream.Port == server.Port
        && (_upstream.Scheme == server.Scheme || (_upstream.Port is null && (_upstream.Scheme, server.Scheme) is ("http", "https")));
}
