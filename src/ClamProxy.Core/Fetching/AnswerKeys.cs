using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// The keys that answers to one request are kept by (RFC 9111 §4.1). What is kept by <see cref="Url"/> answers the request, unless its
/// Vary names fields that are not in that key: then it only tells their names, and the answer is kept by <see cref="Of"/> these.
/// </summary>
/// <param name="hash">Computes the key of a variant.</param>
internal sealed class AnswerKeys(GateRequest request, Func<IReadOnlyList<string>, UrlKey> hash)
{
    private readonly Lazy<UrlKey> _url = new(() => hash([]));

    // One reference: a flight and the request that began it ask at once.
    private volatile Variant? _variant;

    /// <summary>The key without the fields that select only where an answer varies by them.</summary>
    public UrlKey Url => _url.Value;

    /// <summary>The key of the variant of this request.</summary>
    /// <param name="varies">The fields that the answer varies by, from <see cref="VariesBy"/>; none: the URL's own key.</param>
    public UrlKey Of(IReadOnlyList<string> varies)
    {
        if (varies.Count == 0)
        {
            return Url;
        }

        if (_variant is { } known && known.Names.SequenceEqual(varies))
        {
            return known.Key;
        }

        var key = hash(varies);
        _variant = new Variant(varies, key);
        return key;
    }

    /// <summary>The fields that an answer varies by and that are not in <see cref="Url"/>: in lower case and in order.</summary>
    public IReadOnlyList<string> VariesBy(UpstreamHead head) => head.VariesBy(request.NeutralFields);

    private sealed record Variant(IReadOnlyList<string> Names, UrlKey Key);
}
