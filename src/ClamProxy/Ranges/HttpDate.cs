using Microsoft.Net.Http.Headers;

namespace ClamProxy.Ranges;

/// <summary>The dates of Last-Modified and of the conditions on it, in each of RFC 9110 §5.6.7's three forms.</summary>
internal static class HttpDate
{
    /// <returns>Null for what is not a date: a condition on it does not count (RFC 9110 §13.1.3, §13.1.4).</returns>
    public static DateTimeOffset? Read(string? text) => HeaderUtilities.TryParseDate(text, out var date) ? date : null;
}
