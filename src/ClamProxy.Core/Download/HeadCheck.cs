using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ClamProxy.Core.Download;

/// <summary>
/// Refuses heads that leave open where the body ends or that answer another question. The HTTP client takes the first of two
/// Content-Lengths, reads to the connection's end at "2, 2" or "+2", and hands on a transfer coding it does not decode: each
/// would let a body through that the next reader sees differently.
/// </summary>
internal static class HeadCheck
{
    // Real answers have under a hundred. Each costs a copy of its list on the way to the client, so 64 KiB of "a:" are seconds of work.
    private const int MostLines = 1000;

    private static readonly string[] Conditions = ["If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since"];

    /// <summary>Null, or one sentence: what is wrong with the head.</summary>
    public static string? Problem(HttpRequestMessage request, HttpResponseMessage response) =>
        StatusProblem(request, (int)response.StatusCode)
        ?? SizeProblem(response)
        ?? FramingProblem(response)
        ?? TextProblem(response);

    private static string? StatusProblem(HttpRequestMessage request, int status) => status switch
    {
        < 200 => $"The upstream server answered {status}, which is no final answer.",
        206 when !request.Headers.NonValidated.Contains("Range") => "The upstream server answered 206 to a request for the whole file.",
        304 when !Conditions.Any(request.Headers.NonValidated.Contains) =>
            "The upstream server answered 304 to a request without a condition.",
        _ => null,
    };

    private static string? SizeProblem(HttpResponseMessage response) =>
        All(response).Skip(MostLines).Any() ? $"The upstream server's head has more than {MostLines} lines." : null;

    private static string? FramingProblem(HttpResponseMessage response)
    {
        var lengths = Values(response.Content.Headers, "Content-Length");
        if (lengths.Any(length => ParseLength(length) is null) || lengths.Distinct().Count() > 1)
        {
            return "The upstream server's Content-Length is not one number.";
        }

        var codings = Values(response.Headers, "Transfer-Encoding");
        if (codings.Length == 0)
        {
            return null;
        }

        var isChunked = codings.Length == 1 && codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase);
        return isChunked && lengths.Length == 0 && response.Version == HttpVersion.Version11
            ? null
            : "The upstream server's Transfer-Encoding is not chunked alone.";
    }

    private static string? TextProblem(HttpResponseMessage response) =>
        HasControl(response.ReasonPhrase ?? "") || All(response).Any(header => HasControl(header.Value))
            ? "The upstream server's head holds a control character."
            : null;

    /// <summary>The reason phrase; null over HTTP/2, which has none.</summary>
    public static string? ReasonPhrase(HttpResponseMessage response) => response.Version.Major < 2 ? response.ReasonPhrase : null;

    /// <summary>Every header line of an answer, in one list, its value as it was sent.</summary>
    public static IEnumerable<KeyValuePair<string, string>> All(HttpResponseMessage response) =>
        from header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
        from value in header.Value
        select KeyValuePair.Create(header.Key, value);

    /// <summary>The values of one header, line by line.</summary>
    public static string[] Values(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? [.. values] : [];

    /// <summary>Digits only: no sign, blank or list, which others may read differently.</summary>
    public static long? ParseLength(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    private static bool HasControl(string value) => value.Any(character => character is (< ' ' and not '\t') or '\x7F');
}
