namespace ClamProxy.Rewriting;

/// <summary>One form that a rule's links are looked for in.</summary>
/// <param name="Rule">The rule's place among its route's.</param>
/// <param name="Slashes">How its slashes are written.</param>
/// <param name="IsSchemeRelative">It begins with <c>//</c>: the scheme is the page's.</param>
internal sealed record LinkPattern(int Rule, SlashForm Slashes, bool IsSchemeRelative);
