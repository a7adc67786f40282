using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// By what one request's flight, verdicts and stored answer are found. Each key is computed when it is first asked for, and once: a hash
/// costs more than a look-up.
/// </summary>
internal sealed class RequestKeys
{
    /// <summary>
    /// In the keys of stored answers that may change. No request can bring a field of this name, which is no token (RFC 9110 §5.6.2).
    /// </summary>
    private static readonly KeyValuePair<string, string> MayChange = new("(may change)", "");

    private readonly GateRequest _request;
    private readonly Lazy<UrlKey> _content;
    private readonly Lazy<UrlKey> _stored;
    private readonly Lazy<string> _answer;
    private int _hashes;

    public RequestKeys(GateRequest request)
    {
        _request = request;
        _content = new(() => Hash(Representation.ContentSelectors(request.Headers)));
        _stored = new(() => request.Freshness is null ? Content : Hash(Representation.ContentSelectors(request.Headers).Append(MayChange)));
        _answer = new(() => string.Join(
            '\n', [Terms(), .. Representation.SelectorsOfAnswerAlone(request.Headers).Select(Line).Order(StringComparer.Ordinal)]));
    }

    /// <summary>The key of the content that the request is for: verdicts of URLs are kept by it.</summary>
    public UrlKey Content => _content.Value;

    /// <summary>
    /// The key that its answer is stored by. Answers that may change have keys of their own: what an upstream may replace must never answer
    /// a request for something immutable, which would not ask upstream again.
    /// </summary>
    public UrlKey Stored => _stored.Value;

    /// <summary>
    /// The key of the whole answer, a 304 included: flights are shared by it. The content's fields in it are hashed, for credentials are
    /// among them.
    /// </summary>
    public string Answer => _answer.Value;

    /// <summary>How many hashes were computed so far.</summary>
    public int Hashes => Volatile.Read(ref _hashes);

    /// <summary>Whether they are the keys of this request too: the same target, fields and terms.</summary>
    public bool AreOf(GateRequest other) =>
        ReferenceEquals(_request, other)
        || (ReferenceEquals(_request.Target, other.Target)
            && ReferenceEquals(_request.Headers, other.Headers)
            && _request.CacheScan == other.CacheScan
            && _request.Freshness == other.Freshness
            && ReferenceEquals(_request.Identity, other.Identity)
            && _request.Policy == other.Policy);

    private string Terms() => $"{_request.CacheScan}:{_request.Policy}:{_request.Freshness}:{Content}";

    // No field's value holds a line's end.
    private static string Line(KeyValuePair<string, string> header) => $"{header.Key.ToLowerInvariant()}: {header.Value}";

    private UrlKey Hash(IEnumerable<KeyValuePair<string, string>> selectors)
    {
        Interlocked.Increment(ref _hashes);
        return UrlKey.For(
            _request.Target.Text, _request.Identity is { } identity ? selectors.Append(new("(identity)", identity.Name)) : selectors);
    }
}
