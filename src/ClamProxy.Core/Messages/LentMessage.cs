using System.Globalization;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Requests;

namespace ClamProxy.Core.Messages;

/// <summary>
/// The head of an HTTP message that another proxy lends for a scan before it passes it on: a request, or an answer with the request that
/// it answers. All of it is untrusted.
/// </summary>
/// <param name="Method">The request's method; GET where an answer came without its request.</param>
/// <param name="Location">The request's target as it was lent: an absolute URL, or a path alone. May hold secrets in its query.</param>
/// <param name="RequestFields">The request's header fields, as they came.</param>
public sealed record LentMessage(string Method, string Location, IReadOnlyList<KeyValuePair<string, string>> RequestFields)
{
    private const int LongestName = 1000;

    /// <summary>The answer's status; null: the request itself is lent.</summary>
    public int? Status { get; init; }

    /// <summary>The answer's header fields, as they came.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> AnswerFields { get; init; } = [];

    /// <summary>
    /// The client that the message is from or for, as text: in its share of what is bounded the message counts. Null: nobody knows.
    /// </summary>
    public string? Client { get; init; }

    /// <summary>That client's user, as the proxy names them; null: it does not.</summary>
    public string? User { get; init; }

    /// <summary>The door that it is lent to.</summary>
    public string? Door { get; init; }

    /// <summary>The request's X-Request-ID as it came; null: it has none, or several.</summary>
    public string? GivenId => All(RequestFields, RequestId.Field).ToList() is [var only] ? only : null;

    /// <summary>What logs and problems call it: its URL without query and credentials.</summary>
    public string Name
    {
        get
        {
            var end = Location.AsSpan().IndexOfAny('?', '#');
            var name = end < 0 ? Location : Location[..end];
            var start = name.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : name.Length;
            var slash = name.AsSpan(start).IndexOf('/');
            var authorityEnd = slash < 0 ? name.Length : start + slash;
            var at = name.AsSpan(start, authorityEnd - start).LastIndexOf('@');
            name = at < 0 ? name : string.Concat(name.AsSpan(0, start), name.AsSpan(start + at + 1));
            return name.Length > LongestName ? name[..LongestName] + "..." : name;
        }
    }

    /// <summary>The header fields that say what the body is.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Fields => Status is null ? RequestFields : AnswerFields;

    /// <summary>
    /// The codings that a receiver takes off the body. A transfer coding but chunked, which the proxy has taken off, is one too.
    /// </summary>
    internal ContentCodings Codings => ContentCodings.Of(All(Fields, "Content-Encoding").Concat(
        All(Fields, "Transfer-Encoding").SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).Where(IsNoFraming)));

    /// <summary>
    /// The boundaries of a body of parts (RFC 2046 §5.1.1): a form with files above all. None: it has no parts.
    /// </summary>
    internal IReadOnlyList<string> Boundaries =>
        [.. All(Fields, "Content-Type").SelectMany(MultipartBoundary.AllOf).Distinct(StringComparer.Ordinal)];

    /// <summary>The length that the head announces.</summary>
    /// <param name="length">Bytes; null: it announces none. Nextcloud announces 1 for whatever it sends, which says nothing.</param>
    /// <returns>False: it announces several, or what is no number (RFC 9112 §6.3).</returns>
    public bool TryReadLength(out long? length)
    {
        length = null;
        foreach (var value in All(Fields, "Content-Length").SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (length ?? number) != number)
            {
                return false;
            }

            length = number;
        }

        return true;
    }

    /// <summary>Whether the body is a part of a file, or several: not all of it in one piece (RFC 9110 §15.3.7).</summary>
    internal bool IsPart => Status == 206
        && !(All(AnswerFields, "Content-Range").ToList() is [var range] && IsWhole(range));

    // Such as bytes 0-99/100.
    private static bool IsWhole(string range) =>
        range.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["bytes", var rest]
        && rest.Split('/') is [var part, var total]
        && part.Split('-') is ["0", var last]
        && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
        && long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        && end == length - 1;

    internal static IEnumerable<string> All(IEnumerable<KeyValuePair<string, string>> fields, string name) =>
        fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    private static bool IsNoFraming(string coding) =>
        !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase);
}
