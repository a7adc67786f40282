using ClamProxy.Core.Compression.Codings;

namespace ClamProxy.Core.Compression;

/// <summary>Reads Content-Encoding headers and decodes bodies, so that the scanner sees what a client will.</summary>
public static class ContentCoding
{
    // One is usual and two are a mistake that happens; each one more only helps to hide something.
    private const int MaxLayers = 3;

    /// <summary>Parses all Content-Encoding values of one answer, in the order they were applied.</summary>
    /// <param name="contentEncodingValues">The header's lines; none, empty and <c>identity</c> mean no coding.</param>
    /// <param name="codings">The codings, first applied first; empty when there is nothing to decode.</param>
    /// <param name="problem">Null, or one sentence: why the body cannot be decoded.</param>
    /// <returns>False when a scanner could not see the content.</returns>
    public static bool TryParse(IEnumerable<string> contentEncodingValues, out IReadOnlyList<Coding> codings, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(contentEncodingValues);
        var names = contentEncodingValues
            .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(name => !name.Equals("identity", StringComparison.OrdinalIgnoreCase))
            .ToList();
        var layers = names.ConvertAll(Named);
        var unknown = layers.IndexOf(Coding.Unknown);
        problem = unknown >= 0 ? $"The content coding '{Shown(names[unknown])}' cannot be decoded here; gzip, deflate and br can."
            : layers.Count > MaxLayers ? $"The body has {layers.Count} content codings; at most {MaxLayers} are decoded."
            : null;
        codings = problem is null ? layers : [];
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
        Coding.Deflate => new DeflateDecoder(encoded),
        Coding.Brotli => new BrotliDecoderStream(encoded),
        Coding.Unknown => throw new ArgumentException("An unknown coding cannot be decoded.", nameof(coding)),
    };

    private static Coding Named(string name) => name.ToUpperInvariant() switch
    {
        "GZIP" or "X-GZIP" => Coding.Gzip,
        "DEFLATE" => Coding.Deflate,
        "BR" => Coding.Brotli,
        _ => Coding.Unknown,
    };

    private static string Shown(string name) => new([.. name.Take(20).Where(char.IsAsciiLetterOrDigit)]);
}
