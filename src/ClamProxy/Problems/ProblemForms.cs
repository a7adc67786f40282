using Microsoft.Net.Http.Headers;

namespace ClamProxy.Problems;

/// <summary>Which form of a problem a request's Accept prefers.</summary>
internal static class ProblemForms
{
    public static ProblemForm Of(HttpRequest request) => Of(request.GetTypedHeaders().Accept);

    /// <param name="accepts">The values of a request's Accept fields.</param>
    public static ProblemForm Of(IEnumerable<string> accepts) =>
        Of(MediaTypeHeaderValue.TryParseList([.. accepts], out var accepted) ? accepted : []);

    private static ProblemForm Of(IList<MediaTypeHeaderValue> accepted)
    {
        var json = Math.Max(Quality(accepted, "application/problem+json"), Quality(accepted, "application/json"));
        var page = Quality(accepted, "text/html");
        var text = Quality(accepted, "text/plain");
        if (page > json && page >= text && IsNamed(accepted, "text/html"))
        {
            return ProblemForm.Page;
        }

        return text > json && (IsNamed(accepted, "text/plain") || IsNamed(accepted, "text/*")) ? ProblemForm.Text : ProblemForm.Json;
    }

    /// <summary>Whether a range is this one: a client that takes anything, or like apt any text, has not asked for a page.</summary>
    private static bool IsNamed(IList<MediaTypeHeaderValue> accepted, string mediaRange) =>
        accepted.Any(range => range.MediaType.Equals(mediaRange, StringComparison.OrdinalIgnoreCase));

    /// <summary>The quality of a media type by its most specific range (RFC 9110 §12.5.1).</summary>
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string mediaType)
    {
        var type = new MediaTypeHeaderValue(mediaType);
        return accepted
            .Where(range => type.IsSubsetOf(range))
            .OrderByDescending(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
