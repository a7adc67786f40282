namespace ClamProxy.Rewriting;

/// <summary>All that a rewritten text is made of, so that what is kept of one answers for no other.</summary>
/// <param name="Sha256">The SHA-256 of the bytes that upstream sent.</param>
/// <param name="Rules">The mark of the rules and the public base (<see cref="RewrittenTags"/>).</param>
/// <param name="Route">Whose notices and refusals of links apply.</param>
/// <param name="Foreign">How the route takes links that lead past the scanner.</param>
/// <param name="Asked">The URL that was asked of upstream, without its query.</param>
/// <param name="Page">The URL that the answer came from; null: the same.</param>
/// <param name="Content">Content-Type and Content-Encoding: what the bytes are taken for.</param>
internal sealed record EncodedTextKey(
    string Sha256, string Rules, string Route, ForeignLinks Foreign, string Asked, string? Page, string Content);
