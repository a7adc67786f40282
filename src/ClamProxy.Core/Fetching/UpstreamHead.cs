using System.Collections.Frozen;
using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>Upstream's answer without its body, and what it says about who else may have it.</summary>
public sealed class UpstreamHead
{
    private static readonly string[] OfContent = ["ETag", "Last-Modified", "Content-Type", "Content-Encoding"];

    private static readonly FrozenSet<string> OfCodedBytes = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Content-Encoding", "Content-Length", "Content-MD5", "Content-Digest", "Digest");

    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;

    // Requests that share a flight read it at once: a bool? could be seen half written, as a false that nobody said.
    private volatile KeepOutcome _forOthers;
    private volatile CacheControl? _cacheControl;

    public UpstreamHead(int status, string? reasonPhrase, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        Status = status;
        ReasonPhrase = reasonPhrase;
        _headers = headers;
    }

    public int Status { get; }

    public string? ReasonPhrase { get; }

    /// <summary>Upstream's header fields, as received, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>
    /// Whether a request with the same representation key may have this answer too: false for what upstream made for one client
    /// (RFC 9111 §5.2.2.7 private, §5.2.2.5 no-store; Set-Cookie) or chose by something that is not in the key (RFC 9110 §12.5.5 Vary).
    /// </summary>
    public bool IsShareable => ForOthers is KeepOutcome.Kept;

    /// <summary>Why it is one client's; Kept: it is not.</summary>
    internal KeepOutcome ForOthers => _forOthers is KeepOutcome.NotMeant ? _forOthers = ReadForOthers() : _forOthers;

    /// <summary>Its Cache-Control, in all its lines.</summary>
    internal CacheControl CacheControl => _cacheControl ??= CacheControl.Of(All("Cache-Control"));

    /// <summary>Whether it says anything by which its age, or a change, can be told (RFC 9111 §4.2.3, §4.3.1).</summary>
    internal bool HasDate => Has("ETag") || Has("Last-Modified") || Has("Date");

    /// <summary>Whether nothing in two heads says that they belong to different contents.</summary>
    internal bool IsOfSameContent(UpstreamHead other) =>
        Status == other.Status && Array.TrueForAll(OfContent, name => First(name) == other.First(name));

    /// <summary>
    /// False: the body ends with its connection, so that nobody can tell whether it is whole. It is scanned and delivered, and not kept.
    /// </summary>
    public bool IsFramed { get; private init; } = true;

    /// <summary>
    /// The URL, without its query, that the answer came from after redirects: its relative links are meant against that. Null: there were
    /// none, or it is not known.
    /// </summary>
    public string? RedirectedTo { get; internal init; }

    /// <summary>
    /// What its coded body decodes to, once that was scanned; null: it has no codings, or not everybody decodes it to the same.
    /// </summary>
    public DecodedContent? Decoded { get; internal init; }

    /// <summary>
    /// Those of some fields that this answer was chosen by (RFC 9110 §12.5.5): in lower case and in order. <c>Vary: *</c> names none; it
    /// makes an answer one client's.
    /// </summary>
    internal IReadOnlyList<string> VariesBy(IReadOnlyList<string> fields) =>
        fields.Count == 0 || !Has("Vary") ? []
        : [.. Members("Vary").Where(name => fields.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether this answer was chosen by all the fields that the other one names.</summary>
    internal bool VariesByAll(UpstreamHead other) =>
        !other.Members("Vary").Except(Members("Vary"), StringComparer.OrdinalIgnoreCase).Any();

    public string? First(string name)
    {
        foreach (var (key, value) in _headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public IEnumerable<string> All(string name) =>
        _headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>The head of an answer that did not come as an <see cref="UpstreamResponse"/>: a forwarder's.</summary>
    public static UpstreamHead Of(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return new((int)response.StatusCode, HeadCheck.ReasonPhrase(response), [.. HeadCheck.All(response)])
        {
            RedirectedTo = RedirectFollower.RedirectedTo(response),
        };
    }

    /// <summary>The head of a refusal that upstream was not asked for.</summary>
    internal static UpstreamHead None { get; } = Of(StoredHead.None);

    internal static UpstreamHead Of(StoredHead head) => new(head.Status, head.ReasonPhrase, head.Headers)
    {
        RedirectedTo = head.RedirectedTo,
        Decoded = head.Decoded,
    };

    internal StoredHead ToStored() => new(Status, ReasonPhrase, _headers) { RedirectedTo = RedirectedTo, Decoded = Decoded };

    internal static UpstreamHead Of(UpstreamResponse response) =>
        new(response.Status, response.ReasonPhrase, response.Headers)
        {
            IsFramed = response.IsFramed,
            RedirectedTo = response.RedirectedTo,
        };

    /// <summary>The same without some of its cookies.</summary>
    /// <param name="isLeftOut">Asked of each Set-Cookie value.</param>
    internal UpstreamHead WithoutCookies(Func<string, bool> isLeftOut) => With(
        _headers.Where(field => !(field.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) && isLeftOut(field.Value))), Decoded);

    /// <summary>The same with what its body decodes to.</summary>
    internal UpstreamHead WithDecoded(DecodedContent? decoded) => decoded == Decoded ? this : With(_headers, decoded);

    /// <summary>
    /// The head of the content that the coded body decodes to: without what is said of the coded bytes, and with a weak entity tag, since
    /// a strong one is of these bytes alone (RFC 9110 §8.8.1).
    /// </summary>
    public UpstreamHead AsDecoded() => With(
        _headers.Where(field => !OfCodedBytes.Contains(field.Key))
            .Select(field => IsTag(field.Key) ? new(field.Key, Weak(field.Value)) : field),
        null);

    /// <summary>The same, said to be chosen by the client's Accept-Encoding too.</summary>
    public UpstreamHead VaryingByCoding() =>
        Members("Vary").Any(name => name == "*" || name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase))
        ? this
        : With(_headers.Append(new("Vary", "Accept-Encoding")), Decoded);

    private UpstreamHead With(IEnumerable<KeyValuePair<string, string>> headers, DecodedContent? decoded) =>
        new(Status, ReasonPhrase, [.. headers]) { IsFramed = IsFramed, RedirectedTo = RedirectedTo, Decoded = decoded };

    private static bool IsTag(string name) => name.Equals("ETag", StringComparison.OrdinalIgnoreCase);

    private static string Weak(string tag) => tag.StartsWith('"') ? "W/" + tag : tag;

    private bool Has(string name) => First(name) is not null;

    private IEnumerable<string> Members(string name) =>
        All(name).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private KeepOutcome ReadForOthers() =>
        Has("Set-Cookie") ? KeepOutcome.SetCookie
        : StoringRules.Forbids(this) ? KeepOutcome.Private
        : Members("Vary").Any(Representation.IsNotInKey) ? KeepOutcome.Varies
        : KeepOutcome.Kept;
}
