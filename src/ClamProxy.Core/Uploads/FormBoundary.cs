using System.Buffers;
using System.Net.Http.Headers;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// The boundary of a form that is uploaded (RFC 2046 §5.1.1). What some receiver reads otherwise is refused: it would take other files out
/// of the body than were scanned.
/// </summary>
internal static class FormBoundary
{
    private const int Longest = 200;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=?");

    /// <param name="contentType">The body's only type; empty: it has none.</param>
    /// <returns>Null: the body is no form.</returns>
    /// <exception cref="UnreadableBodyException">It can be read in several ways, or not at all.</exception>
    public static string? Of(string contentType)
    {
        if (!contentType.Contains("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
            && type.Parameters.Where(IsOfBoundary).ToList() is [{ Name: var name, Value: { } value }]
            && name.Equals("boundary", StringComparison.OrdinalIgnoreCase)
            && Unquoted(value) is { Length: > 0 and <= Longest } boundary
            && !boundary.AsSpan().ContainsAnyExcept(Characters)
                ? boundary
                : throw new UnreadableBodyException(
                    "The form's Content-Type has no boundary that all readers take for the same: boundary=, once, of letters, digits and "
                        + "'()+_,-./:=? only.");
    }

    /// <summary>Some readers put boundary*0 and boundary* together, and take that.</summary>
    private static bool IsOfBoundary(NameValueHeaderValue parameter) =>
        parameter.Name.StartsWith("boundary", StringComparison.OrdinalIgnoreCase);

    private static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner : value;
}
