using System.Collections.Frozen;
using ClamProxy.Core.Download;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>
/// What, besides the target, tells two requests' answers apart. Every header field that goes upstream does, unless it is known not to:
/// so a credential under a name nobody thought of keeps private answers apart all the same.
/// </summary>
internal static class Representation
{
    private static readonly FrozenSet<string> Neutral = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept-Encoding", "Baggage", "Cache-Control", "Content-Length", "Content-Type", "DNT", "Max-Forwards", "Pragma",
        "npm-auth-type", "npm-command", "npm-in-ci", "npm-session", "pacote-integrity", "pacote-pkg-id", "pacote-req-type", "pacote-version",
        "Priority", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site",
        "Sec-Fetch-User", "Sec-GPC", "TraceParent", "TraceState", "Upgrade-Insecure-Requests", "User-Agent", "Via", "X-Correlation-ID",
        "X-Forwarded-For", "X-NuGet-Client-Version", "X-NuGet-Session-Id", "X-Real-IP", "X-Request-ID");

    private static readonly FrozenSet<string> Conditional = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since");

    /// <summary>In the keys of stored answers that may change. No request can bring a field of this name, which is no token (RFC 9110 §5.6.2).</summary>
    private static readonly KeyValuePair<string, string> MayChange = new("(may change)", "");

    /// <summary>The fields that select which content an URL stands for: an URL's verdict is kept by them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ContentSelectors(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => !Neutral.Contains(header.Key) && !Conditional.Contains(header.Key));

    /// <summary>The fields that select the answer as a whole, a 304 among them: a flight is shared by them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> AnswerSelectors(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => !Neutral.Contains(header.Key));

    /// <summary>The fields without those that ask whether the client's copy is still the current one.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WithoutConditions(IEnumerable<KeyValuePair<string, string>> headers) =>
        [.. headers.Where(header => !Conditional.Contains(header.Key))];

    /// <summary>Whether a request shows who its client is, by a field of the standard's or by one whose name says so: its answer is never stored.</summary>
    public static bool HasCredentials(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Any(header => !Neutral.Contains(header.Key) && CredentialFields.Contain(header.Key));

    /// <summary>Whether an answer that varies by this field (a member of Vary) may differ between requests of one key.</summary>
    public static bool IsNotInKey(string field) =>
        field == "*" || (Neutral.Contains(field) && !field.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase));

    /// <summary>The key of the content that a request is for: verdicts of URLs are kept by it.</summary>
    public static UrlKey KeyOfContent(GateRequest request) => UrlKey.For(request.Target.Text, ContentSelectors(request.Headers));

    /// <summary>
    /// The key that a request's answer is stored by. Answers that may change have keys of their own: what an upstream may replace must never answer
    /// a request for something immutable, which would not ask upstream again.
    /// </summary>
    public static UrlKey KeyOfStored(GateRequest request) => request.Freshness is null
        ? KeyOfContent(request)
        : UrlKey.For(request.Target.Text, ContentSelectors(request.Headers).Append(MayChange));

    /// <summary>The key of the whole answer to a request, a 304 included: flights are shared by it.</summary>
    public static string KeyOfAnswer(GateRequest request) =>
        $"{request.CacheScan}:{request.Policy}:{request.Freshness}:{UrlKey.For(request.Target.Text, AnswerSelectors(request.Headers))}";
}
