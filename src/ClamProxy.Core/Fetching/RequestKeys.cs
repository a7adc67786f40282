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
    private readonly Lazy<string> _alone;
    private int _hashes;

    public RequestKeys(GateRequest request)
    {
        _request = request;
        Content = new(request, varies => Hash(varies, []));
        Stored = request.Freshness is null ? Content : new(request, varies => Hash(varies, [MayChange]));
        _alone = new(() => string.Join(
            '\n', Representation.SelectorsOfAnswerAlone(request.Headers).Select(Line).Order(StringComparer.Ordinal)));
    }

    /// <summary>The keys of the content that the request is for: verdicts of URLs are kept by them.</summary>
    public AnswerKeys Content { get; }

    /// <summary>
    /// The keys that its answer is stored by. Answers that may change have keys of their own: what an upstream may replace must never
    /// answer a request for something immutable, which would not ask upstream again.
    /// </summary>
    public AnswerKeys Stored { get; }

    /// <summary>
    /// All fields that select only where an answer varies by them, whether the request has them or not. The keys of an answer that varies
    /// by all of these are keys of requests that are the same at upstream.
    /// </summary>
    public IReadOnlyList<string> AllNeutral =>
        [.. _request.NeutralFields.Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The key of the whole answer, a 304 included: flights are shared by it. The content's fields in it are hashed, for credentials are
    /// among them.
    /// </summary>
    /// <param name="varies">The fields that the answer is known to vary by.</param>
    public string Answer(IReadOnlyList<string> varies) =>
        $"{_request.CacheScan}:{_request.Policy}:{_request.Freshness}:{Content.Of(varies)}\n{_alone.Value}";

    /// <summary>How many hashes were computed so far.</summary>
    public int Hashes => Volatile.Read(ref _hashes);

    /// <summary>Whether they are the keys of this request too: the same target, fields and terms.</summary>
    public bool AreOf(GateRequest other) =>
        ReferenceEquals(_request, other)
        || (ReferenceEquals(_request.Target, other.Target)
            && ReferenceEquals(_request.Headers, other.Headers)
            && ReferenceEquals(_request.NeutralFields, other.NeutralFields)
            && _request.CacheScan == other.CacheScan
            && _request.Freshness == other.Freshness
            && ReferenceEquals(_request.Identity, other.Identity)
            && _request.Policy == other.Policy);

    // No field's value holds a line's end.
    private static string Line(KeyValuePair<string, string> header) => $"{header.Key.ToLowerInvariant()}: {header.Value}";

    private UrlKey Hash(IReadOnlyList<string> varies, IEnumerable<KeyValuePair<string, string>> besides)
    {
        Interlocked.Increment(ref _hashes);
        var selectors = Representation.ContentSelectors(_request, varies).Concat(besides);
        return UrlKey.For(
            _request.Target.Text, _request.Identity is { } identity ? selectors.Append(new("(identity)", identity.Name)) : selectors);
    }
}
