namespace ClamProxy.Rewriting;

/// <summary>What a text's links lead to, gathered while it is searched. Hosts are bounded in number and length.</summary>
internal sealed class LinkFindings(LinkHosts hosts)
{
    private const int MostHosts = 8;

    private readonly List<string> _files = [];
    private readonly List<string> _words = [];
    private readonly List<string> _dependencies = [];
    private bool _isKnownFormat;

    /// <summary>The host of a link that a rule names, in a spelling that is not rewritten; null: there is none.</summary>
    public string? OfARule { get; private set; }

    /// <summary>
    /// Hosts that clients fetch packages from past the scanner. In an index of a known format words count for nothing: readmes and home
    /// pages are full of them.
    /// </summary>
    public IReadOnlyList<string> Foreign => _isKnownFormat ? _files : [.. _files.Union(_words)];

    /// <summary>Hosts that clients may fetch something from past the scanner, which is no reason to refuse.</summary>
    public IReadOnlyList<string> Doubtful => [.. (_isKnownFormat ? _dependencies.Union(_words) : _dependencies).Except(_files)];

    /// <summary>Takes a text's value if it is relative, or one of this proxy's own links, which most are.</summary>
    /// <param name="text">Its beginning, without references that have to be resolved.</param>
    /// <param name="place">Where it stands.</param>
    /// <returns>False: it has to be read as a URL.</returns>
    public bool TryTakeOwn(ReadOnlySpan<byte> text, LinkPlace place)
    {
        var isOwn = !LinkUrl.MayBe(text) || hosts.IsPlainlyOwn(text);
        _isKnownFormat |= isOwn && place == LinkPlace.File;
        return isOwn;
    }

    /// <summary>Takes a text's value that may be a URL.</summary>
    public void Add(string value, LinkPlace place)
    {
        _isKnownFormat |= place == LinkPlace.File;
        if (LinkUrl.Parse(value) is not { } url || hosts.IsOwn(url))
        {
            return;
        }

        if (hosts.IsOfARule(url))
        {
            OfARule ??= url.Host;
        }
        else if (place == LinkPlace.File || place == LinkPlace.Dependency || (place != LinkPlace.Any && PackageNames.Has(url)))
        {
            Keep(hosts.IsUpstreamWithoutRules(url) ? LinkPlace.Dependency : place, url.Host);
        }
    }

    /// <summary>Takes a link of which nobody can say where it leads.</summary>
    public void AddUnreadable() => Keep(LinkPlace.File, LinkUrl.Unreadable);

    private void Keep(LinkPlace place, string host)
    {
        var list = place switch { LinkPlace.Word => _words, LinkPlace.Dependency => _dependencies, _ => _files };
        if (list.Count < MostHosts && !list.Contains(host))
        {
            list.Add(host);
        }
    }
}
