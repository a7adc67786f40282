namespace ClamProxy.Core.Compression;

/// <summary>The content codings of one body (RFC 9110 §8.4): what has to be taken off before a client sees its content.</summary>
/// <param name="Layers">The codings, first applied first; empty: none that can be decoded here.</param>
/// <param name="Problem">Why the body cannot be decoded, in one sentence; null: it can.</param>
public sealed record ContentCodings(IReadOnlyList<Coding> Layers, string? Problem)
{
    public static ContentCodings None { get; } = new([], null);

    /// <summary>The body is its content.</summary>
    public bool AreNone => Layers.Count == 0 && Problem is null;

    /// <param name="contentEncodingValues">The Content-Encoding header's lines.</param>
    public static ContentCodings Of(IEnumerable<string> contentEncodingValues)
    {
        _ = ContentCoding.TryParse(contentEncodingValues, out var layers, out var problem);
        return layers.Count == 0 && problem is null ? None : new ContentCodings(layers, problem);
    }
}
