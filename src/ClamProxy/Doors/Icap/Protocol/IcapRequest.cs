using System.Globalization;
using System.Text;
using ClamProxy.Core.Messages;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>A request to look at a message: its head, and the heads that it carries, byte for byte.</summary>
/// <param name="Head">The ICAP head.</param>
/// <param name="Parts">Where the HTTP heads are in <paramref name="HttpHeads"/>.</param>
/// <param name="HttpHeads">All of them, as they came.</param>
/// <param name="Message">What they say.</param>
internal sealed record IcapRequest(IcapHead Head, Encapsulation Parts, byte[] HttpHeads, LentMessage Message)
{
    /// <summary>The head of the message that is lent; empty: it came without one.</summary>
    public ReadOnlyMemory<byte> OwnHead =>
        (Head.Method == IcapHead.ResponseModification ? Parts.AnswerHead : Parts.RequestHead) is { } range
            ? HttpHeads.AsMemory(range)
            : default;

    /// <summary>
    /// Whether the answer may begin before its verdict, and be torn by it: for a proxy such as squid, which hands on what it gets. An
    /// application that has its files scanned would take what it reads first for the verdict; it allows 204, and no trailers.
    /// </summary>
    public bool BearsEarlyHead =>
        Head is { Method: IcapHead.ResponseModification, AllowsTrailers: true, AllowsNoContent: false } && Parts.AnswerHead is not null;

    /// <summary>A request without a body, as one that caches on its way may not answer (RFC 9111 §5.2.1.4).</summary>
    public IcapRequest PastCaches()
    {
        var head = OwnHead.Span;
        var fields = head.IndexOf((byte)'\n') + 1;
        byte[] changed = [.. head[..fields], .. "Cache-Control: no-cache\r\n"u8, .. head[fields..]];
        return this with { HttpHeads = changed, Parts = Parts with { RequestHead = ..changed.Length } };
    }

    /// <param name="client">Who sent or is to get the message, as far as the proxy says; null: nobody knows.</param>
    /// <param name="fault">Why the heads cannot be read; null: they were.</param>
    public static IcapRequest? Read(IcapHead head, Encapsulation parts, byte[] httpHeads, string? client, out IcapFault? fault)
    {
        fault = null;
        var request = Read(httpHeads, parts.RequestHead, ref fault);
        var answer = Read(httpHeads, parts.AnswerHead, ref fault);
        if (fault is not null)
        {
            return null;
        }

        var (method, location) = request is null ? ("GET", "-") : RequestLine(request.Value.First);
        var message = new LentMessage(method, location, request?.Fields ?? [])
        {
            Client = client,
            User = UserOf(head),
            Door = "icap",
        };
        if (head.Method == IcapHead.ResponseModification)
        {
            message = answer is null
                ? message with { Status = 0 }
                : message with { Status = StatusOf(answer.Value.First), AnswerFields = answer.Value.Fields };
        }

        return new(head, parts, httpHeads, message);
    }

    private static (string First, IReadOnlyList<KeyValuePair<string, string>> Fields)? Read(
        byte[] heads, Range? part, ref IcapFault? fault)
    {
        if (part is not { } range)
        {
            return null;
        }

        var read = FieldLines.Read(heads.AsSpan(range), isStrict: false);
        fault ??= read is null ? IcapFault.BadRequest("An encapsulated head cannot be read as HTTP.") : null;
        return read;
    }

    private static (string Method, string Location) RequestLine(string line)
    {
        var first = line.IndexOf(' ', StringComparison.Ordinal);
        var last = line.LastIndexOf(' ');
        return first < 0 ? (line, "-") : (line[..first], (last > first ? line[(first + 1)..last] : line[(first + 1)..]).Trim());
    }

    /// <summary>0: the line is none of an answer. ownCloud writes a request's there.</summary>
    private static int StatusOf(string line) =>
        line.StartsWith("HTTP/", StringComparison.Ordinal)
        && line.Split(' ', 3) is [_, { Length: 3 } status, ..]
        && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>As squid and its kind name the user; others send base64 of a scheme and a path (draft-stecher-icap-subid §3.4).</summary>
    private static string? UserOf(IcapHead head)
    {
        const int Longest = 256;
        if ((head.First("X-Client-Username") ?? head.First("X-Authenticated-User")) is not { Length: > 0 and <= Longest } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var decoded
            && decoded.Contains("://", StringComparison.Ordinal)
            && !decoded.Any(char.IsControl)
                ? decoded
                : text;
    }
}
