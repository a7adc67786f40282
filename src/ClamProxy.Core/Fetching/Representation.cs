using System.Collections.Frozen;
using ClamProxy.Core.Download;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// What, besides the target, tells two requests' answers apart (decision 0052): every header field that goes upstream, unless all requests
/// carry it alike; a request's neutral fields only where the answer's Vary names them (RFC 9111 §4.1).
/// </summary>
internal static class Representation
{
    private static readonly FrozenSet<string> Conditional = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since");

    /// <summary>
    /// In the keys of variants, with the names that they vary by: else the variant of a request without these fields would have the URL's
    /// own key. No request can bring a field of this name, which is no token (RFC 9110 §5.6.2).
    /// </summary>
    private const string Variant = "(varies by)";

    /// <summary>The fields that select which content an URL stands for: an URL's verdict is kept by them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ContentSelectors(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => !FixedFields.Contain(header) && !Conditional.Contains(header.Key) && !IsVia(header));

    /// <summary>The same of a request for an answer that varies by some of its neutral fields, but by no other of them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ContentSelectors(GateRequest request, IReadOnlyList<string> varies)
    {
        var fields = ContentSelectors(request.Headers).Where(
            header => !request.IsNeutral(header.Key) || varies.Contains(header.Key, StringComparer.OrdinalIgnoreCase));
        return varies.Count == 0 ? fields : fields.Append(new(Variant, string.Join(',', varies)));
    }

    /// <summary>Whether two requests have the same value of a field, or both lack it.</summary>
    public static bool HaveSame(GateRequest one, GateRequest other, string name) => ValueOf(one, name) == ValueOf(other, name);

    /// <summary>
    /// What selects the answer and not the content: conditions, the hops that the request came through, and whether it may be coded.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, string>> SelectorsOfAnswerAlone(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(header => FixedFields.AsksForCodings(header)
            || (!FixedFields.Contain(header) && (Conditional.Contains(header.Key) || IsVia(header))));

    /// <summary>The fields without those that ask whether the client's copy is still the current one.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WithoutConditions(IEnumerable<KeyValuePair<string, string>> headers) =>
        [.. headers.Where(header => !Conditional.Contains(header.Key))];

    /// <summary>
    /// Whether a request shows who its client is, as its door says or by a field whose name says so: its answer is never stored.
    /// </summary>
    public static bool HasCredentials(GateRequest request) =>
        request.IsPrivate || request.Headers.Any(header => CredentialFields.Contain(header.Key) && !request.IsNeutral(header.Key));

    /// <summary>
    /// Whether an answer says what all requests of the same content key would have been told. Conditions are in no such key, and upstream
    /// may put them into its answer; where answers are asked for again, they are this proxy's own.
    /// </summary>
    public static bool SpeaksForAll(GateRequest request) =>
        request.Freshness is not null || !request.Headers.Any(header => Conditional.Contains(header.Key));

    /// <summary>
    /// Whether upstream's answer to this request holds for all of its key, so that what is stored for that leaves. The hops that it came
    /// through are in no key, and upstream may refuse it for one. So it may for a neutral field, unless that says "anything"; but a file,
    /// good or bad, is the answer to all whose values it does not vary by.
    /// </summary>
    public static bool MayEvict(GateRequest request, UpstreamHead? head) => !request.Headers.Any(
        header => (IsVia(header) && header.Value.Contains(','))
            || (head?.Status != 200 && request.IsNeutral(header.Key) && header.Value != "*/*"));

    /// <summary>Whether an answer that varies by this field (a member of Vary) may differ between requests of one key.</summary>
    public static bool IsNotInKey(string field) => field == "*" || field.Equals("Via", StringComparison.OrdinalIgnoreCase);

    private static string? ValueOf(GateRequest request, string name) =>
        request.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static bool IsVia(KeyValuePair<string, string> header) => header.Key.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
