using System.Globalization;
using System.Net;
using System.Text;
using ClamProxy.Core.Messages;
using ClamProxy.Doors.ExtProc.Wire;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Reads the heads of messages as Envoy has them: with HTTP/2's pseudo fields (RFC 9113 §8.3), whatever came.</summary>
internal static class HeadReader
{
    /// <summary>In place of a head that was not shown.</summary>
    public static readonly LentMessage Nothing = new("GET", "unknown", []) { Door = "ext-proc" };

    private const string ForwardedFor = "X-Forwarded-For";

    /// <param name="peer">Who sends the stream.</param>
    /// <param name="isTrusted">Whether that is a proxy that says truly in X-Forwarded-For who its client is.</param>
    public static LentMessage Request(HttpHeaders headers, string? peer, bool isTrusted)
    {
        var fields = FieldsOf(headers.Headers);
        var (path, authority) = (Find(fields, ":path") ?? "", Find(fields, ":authority"));
        return new LentMessage(
            Find(fields, ":method") ?? "GET",
            authority is null ? path : $"{Find(fields, ":scheme") ?? "http"}://{authority}{path}",
            Plain(fields))
        {
            Client = isTrusted && ClientOf(fields) is { } client ? client : peer,
            Door = "ext-proc",
        };
    }

    /// <param name="headers">The response's.</param>
    /// <param name="request">What it answers; null: Envoy did not show it.</param>
    /// <param name="peer">Who sends the stream.</param>
    public static LentMessage Response(HttpHeaders headers, LentMessage? request, string? peer)
    {
        var fields = FieldsOf(headers.Headers);
        var status = int.TryParse(Find(fields, ":status"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
        var answered = request ?? Nothing with { Client = peer };
        var plain = Plain(fields);
        var head = answered with { Status = status, AnswerFields = plain };

        // RFC 9110 §8.6: the length is that of an answer to GET, and no body follows.
        var hasNoBody = answered.Method == "HEAD" || status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified;
        return hasNoBody ? WithoutLength(head) : head;
    }

    /// <summary>The same head with no length to compare a body with.</summary>
    public static LentMessage WithoutLength(LentMessage message) => message.Status is null
        ? message with { RequestFields = WithoutLength(message.RequestFields) }
        : message with { AnswerFields = WithoutLength(message.AnswerFields) };

    private static List<KeyValuePair<string, string>> WithoutLength(IEnumerable<KeyValuePair<string, string>> fields) =>
        [.. fields.Where(field => !field.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))];

    private static List<KeyValuePair<string, string>> FieldsOf(HeaderMap? map) =>
        [.. (map?.Headers ?? []).Select(field => new KeyValuePair<string, string>(
            field.Key, field.RawValue.IsEmpty ? field.Value : Encoding.Latin1.GetString(field.RawValue.Span)))];

    private static string? Find(List<KeyValuePair<string, string>> fields, string name) =>
        fields.Find(field => field.Key == name).Value;

    private static List<KeyValuePair<string, string>> Plain(List<KeyValuePair<string, string>> fields) =>
        fields.FindAll(field => !field.Key.StartsWith(':'));

    /// <summary>Whom Envoy has added last: what stands before that, its client wrote. Null: nobody, or no address.</summary>
    private static string? ClientOf(List<KeyValuePair<string, string>> fields) => fields
        .FindLast(field => field.Key.Equals(ForwardedFor, StringComparison.OrdinalIgnoreCase)).Value?
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() is { } named
        && IPAddress.TryParse(named, out var address)
            ? address.ToString()
            : null;
}
