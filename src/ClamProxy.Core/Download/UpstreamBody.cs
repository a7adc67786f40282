namespace ClamProxy.Core.Download;

/// <summary>The body of a request to upstream, whole and at hand.</summary>
/// <param name="Open">
/// A stream of its bytes, each time from the first one on: it is asked again only where upstream is known not to have begun on the request.
/// </param>
/// <param name="Length">Bytes in all.</param>
/// <param name="Fields">The header fields that say what it is, but its length.</param>
public sealed record UpstreamBody(Func<Stream> Open, long Length, IReadOnlyList<KeyValuePair<string, string>> Fields);
