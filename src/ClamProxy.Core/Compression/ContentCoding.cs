using ClamProxy.Core.Compression.Codings;

namespace ClamProxy.Core.Compression;

/// <summary>Reads Content-Encoding headers and decodes bodies, so that the scanner sees what a client will.</summary>
public static class ContentCoding
{
    /// <summary>Parses all Content-Encoding values of one answer, in the order they were applied.</summary>
    /// <param name="contentEncodingValues">The header's lines; none, empty, <c>identity</c> and names that nobody knows mean no
    /// coding.</param>
    /// <param name="codings">The codings, first applied first; empty when there is nothing to decode.</param>
    /// <param name="problem">Null, or one sentence: why the body cannot be decoded.</param>
    /// <returns>False when a scanner could not see the content.</returns>
    public static bool TryParse(IEnumerable<string> contentEncodingValues, out IReadOnlyList<Coding> codings, out string? problem)
    {
        var all = ContentCodings.Of(contentEncodingValues);
        (codings, problem) = (all.Layers, all.Problem);
        return problem is null;
    }

    /// <summary>
    /// Decodes a body, last coding first. The stream is read asynchronously only; disposing of it leaves
    /// <paramref name="encoded"/> open.
    /// </summary>
    /// <param name="encoded">The body as it was received.</param>
    /// <param name="codings">From <see cref="TryParse"/>.</param>
    /// <param name="limit">The most bytes that any layer may decode to.</param>
    /// <returns>A stream whose ReadAsync throws <see cref="ContentCodingException"/> or <see cref="ContentTooLargeException"/>.</returns>
    public static Stream Decode(Stream encoded, IReadOnlyList<Coding> codings, long limit)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        ArgumentNullException.ThrowIfNull(codings);

        // Each layer disposes of the one below; the lowest leaves the caller's stream open.
        Stream decoded = new AppendedStream(encoded, ReadOnlyMemory<byte>.Empty);
        if (codings.Count == 0)
        {
            return new LimitedStream(decoded, limit);
        }

        foreach (var coding in codings.Reverse())
        {
            decoded = new LimitedStream(Layer(coding, decoded), limit);
        }

        return decoded;
    }

    private static Stream Layer(Coding coding, Stream encoded) => coding switch
    {
        Coding.Gzip => new GzipDecoder(encoded),
        Coding.Deflate => new DeflateDecoder(encoded, null),
        Coding.Zlib => new DeflateDecoder(encoded, isZlib: true),
        Coding.RawDeflate => new DeflateDecoder(encoded, isZlib: false),
        Coding.Brotli => new BrotliDecoderStream(encoded),
        Coding.Zstandard => new ZstandardDecoder(encoded),
        Coding.Unknown => throw new ArgumentException("An unknown coding cannot be decoded.", nameof(coding)),
    };
}
