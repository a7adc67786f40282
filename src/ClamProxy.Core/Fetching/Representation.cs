using System.Collections.Frozen;
using ClamProxy.Core.Download;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// What, besides the target, tells two requests' answers apart: every header field that goes upstream, unless all requests carry it alike
/// (decision 0042). So all that share a flight would have asked upstream for the same, byte for byte, and no field of one client's can have
/// made the answer another's.
/// </summary>
internal static class Representation
{
    private static readonly FrozenSet<string> Conditional = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since");

    /// <summary>The fields that select which content an URL stands for: an URL's verdict is kept by them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ContentSelectors(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => !FixedFields.Contain(header) && !Conditional.Contains(header.Key) && !IsVia(header));

    /// <summary>The fields that select the answer as a whole, a 304 among them: a flight is shared by them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> AnswerSelectors(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => !FixedFields.Contain(header));

    /// <summary>Those of them that select the answer and not the content: conditions, and the hops that the request came through.</summary>
    public static IEnumerable<KeyValuePair<string, string>> SelectorsOfAnswerAlone(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => !FixedFields.Contain(header) && (Conditional.Contains(header.Key) || IsVia(header)));

    /// <summary>The fields without those that ask whether the client's copy is still the current one.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WithoutConditions(IEnumerable<KeyValuePair<string, string>> headers) =>
        [.. headers.Where(header => !Conditional.Contains(header.Key))];

    /// <summary>
    /// Whether a request shows who its client is, as its door says or by a field whose name says so: its answer is never stored.
    /// </summary>
    public static bool HasCredentials(GateRequest request) =>
        request.IsPrivate || request.Headers.Any(header => CredentialFields.Contain(header.Key));

    /// <summary>
    /// Whether an answer says what all requests of the same content key would have been told. Conditions are in no such key, and upstream
    /// may put them into its answer; where answers are asked for again, they are this proxy's own.
    /// </summary>
    public static bool SpeaksForAll(GateRequest request) =>
        request.Freshness is not null || !request.Headers.Any(header => Conditional.Contains(header.Key));

    /// <summary>
    /// Whether upstream's "not here" to this request holds for all of its key: the hops that it came through are in no key, and upstream
    /// may refuse it for one.
    /// </summary>
    public static bool MayEvict(GateRequest request) => !request.Headers.Any(header => IsVia(header) && header.Value.Contains(','));

    /// <summary>Whether an answer that varies by this field (a member of Vary) may differ between requests of one key.</summary>
    public static bool IsNotInKey(string field) => field == "*" || field.Equals("Via", StringComparison.OrdinalIgnoreCase);

    private static bool IsVia(KeyValuePair<string, string> header) => header.Key.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
