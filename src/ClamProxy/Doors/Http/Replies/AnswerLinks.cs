using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>What the links of one request's answer are to be checked by.</summary>
/// <param name="Route">The route's name.</param>
/// <param name="Foreign">What becomes of a text that leads past the scanner.</param>
/// <param name="Hosts">Whose a link is.</param>
/// <param name="Rewriting">What becomes of links that the route's rules name; null: it has none.</param>
internal sealed record AnswerLinks(string Route, ForeignLinks Foreign, LinkHosts Hosts, LinkRewriting? Rewriting)
{
    /// <summary>One of the route's immutable files, or one whose source the client names: it stays as it is, and only a list of mirrors is looked into.</summary>
    public bool IsFile { get; init; }

    /// <summary>What becomes of the links in its body; null: nothing.</summary>
    public LinkRewriting? OfBody => IsFile ? null : Rewriting;
}
