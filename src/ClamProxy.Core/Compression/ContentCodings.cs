namespace ClamProxy.Core.Compression;

/// <summary>The content codings of one body (RFC 9110 §8.4): what has to be taken off before a client sees its content.</summary>
/// <param name="Layers">The codings, first applied first; empty: none that can be decoded here.</param>
/// <param name="Problem">Why the body cannot be decoded, in one sentence; null: it can.</param>
public sealed record ContentCodings(IReadOnlyList<Coding> Layers, string? Problem)
{
    // One is usual and two are a mistake that happens; each one more only helps to hide something.
    private const int MaxLayers = 3;

    public static ContentCodings None { get; } = new([], null);

    /// <summary>
    /// What else some clients take the body for: urllib3 (requests, pip) decodes an unknown coding beside a known one, <c>identity</c> too,
    /// as deflate. Most bodies are nothing of that kind, and then such a client gets an error and no content.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Coding>> Guesses { get; private init; } = [];

    /// <summary>The body is its content.</summary>
    public bool AreNone => Layers.Count == 0 && Problem is null;

    /// <param name="contentEncodingValues">The Content-Encoding header's lines.</param>
    public static ContentCodings Of(IEnumerable<string> contentEncodingValues)
    {
        ArgumentNullException.ThrowIfNull(contentEncodingValues);
        var names = contentEncodingValues
            .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        if (names.Count == 0)
        {
            return None;
        }

        var all = names.ConvertAll(CodingNames.ToCoding);
        List<Coding> known = [.. all.Where(coding => coding != Coding.Unknown)];
        if (Problems(names, all, known) is { } problem)
        {
            return new([], problem);
        }

        return known.Count == 0 ? None : new(known, null)
        {
            Guesses = known.Count == all.Count ? [] : [Guess(all, Coding.Zlib), Guess(all, Coding.RawDeflate)],
        };
    }

    private static string? Problems(List<string> names, List<Coding> all, List<Coding> known)
    {
        var undecoded = names.FindIndex(name => CodingNames.ToCoding(name) == Coding.Unknown && CodingNames.MayBeDecoded(name));
        return undecoded >= 0
                ? $"The content coding '{CodingNames.Shown(names[undecoded])}' cannot be decoded here; gzip, deflate, br and zstd can."
            : known.Count > MaxLayers ? $"The body has {known.Count} content codings; at most {MaxLayers} are decoded."
            : known.Count > 0 && all.Count - known.Count > 1
                ? "The body has several content codings that nobody knows beside one that is decoded: what clients make of it differs."
            : null;
    }

    private static List<Coding> Guess(List<Coding> all, Coding unknown) =>
        all.ConvertAll(coding => coding == Coding.Unknown ? unknown : coding);
}
