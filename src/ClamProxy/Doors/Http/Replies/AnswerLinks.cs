using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>What the links of one request's answer are to be checked by.</summary>
/// <param name="Route">The route's name.</param>
/// <param name="Foreign">What to do with a text that leads past the scanner.</param>
/// <param name="Hosts">Whose a link is.</param>
/// <param name="Rewriting">How links that the route's rules name are rewritten; null: it has no rules.</param>
internal sealed record AnswerLinks(string Route, ForeignLinks Foreign, LinkHosts Hosts, LinkRewriting? Rewriting)
{
    /// <summary>
    /// One of the route's immutable files, or one whose source the client names: it stays as it is, and only a list of mirrors is looked
    /// into.
    /// </summary>
    public bool IsFile { get; init; }

    /// <summary>Where the relative references of one answer lead; null: they stay unchanged.</summary>
    public RelativeLinks? Relative(Target target, UpstreamHead head) =>
        Rewriting?.Relative(target.TextWithoutQuery, head.RedirectedTo ?? target.TextWithoutQuery);

    /// <summary>How the relative references in its body are rewritten; null: they stay unchanged.</summary>
    public ReferenceRewriting? References(Target target, UpstreamHead head) =>
        IsFile || Relative(target, head) is not { } links ? null : new(links, [.. head.All("Content-Type")]);

    /// <summary>How the links in its body are rewritten; null: they stay unchanged.</summary>
    public LinkRewriting? OfBody => IsFile ? null : Rewriting;
}
