using System.Globalization;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>What a request carries, and where each part begins (RFC 3507 §4.4.1).</summary>
/// <param name="RequestHead">Where the HTTP request's head is; null: there is none.</param>
/// <param name="AnswerHead">Where the HTTP answer's head is; null: there is none.</param>
/// <param name="Body">The body's name, such as <c>res-body</c>; null: there is no body.</param>
/// <param name="HeadsLength">Bytes of all heads.</param>
internal sealed record Encapsulation(Range? RequestHead, Range? AnswerHead, string? Body, int HeadsLength)
{
    private const string RequestName = "req-hdr";
    private const string AnswerName = "res-hdr";
    private const string NoBody = "null-body";

    /// <param name="text">The field's value.</param>
    /// <param name="method">What it comes with: REQMOD, RESPMOD or OPTIONS.</param>
    /// <param name="mostBytes">The most that all heads may take.</param>
    /// <param name="fault">Why it cannot be read; null: it was.</param>
    public static Encapsulation? Parse(string text, string method, int mostBytes, out IcapFault? fault)
    {
        fault = null;
        Range? request = null;
        Range? answer = null;
        string? open = null;
        string? body = null;
        var last = -1;
        foreach (var part in text.Split(','))
        {
            if (!TryReadPart(part, out var name, out var offset))
            {
                fault = IcapFault.BadRequest(
                    "Encapsulated is no list of names with offsets, such as req-hdr=0, res-hdr=137, res-body=296.");
                return null;
            }

            if (body is not null)
            {
                // ownCloud names an empty head behind the body (doors for McAfee): there is nothing of it.
                if (name is RequestName or AnswerName)
                {
                    continue;
                }

                fault = IcapFault.BadRequest("Encapsulated names two bodies.");
                return null;
            }

            if (offset <= last || (last < 0 && offset != 0) || offset > mostBytes)
            {
                fault = offset > mostBytes
                    ? IcapFault.BadRequest($"The encapsulated heads have more than {mostBytes} bytes (ClamProxy:Icap:MaxHttpHeads).")
                    : IcapFault.BadRequest("Offsets in Encapsulated begin with 0 and rise.");
                return null;
            }

            Close(open, last, offset, ref request, ref answer);
            (open, last) = (name, offset);
            body = name.EndsWith("-body", StringComparison.Ordinal) ? name : null;
            if (!Suits(name, method) || (name == RequestName && request is not null) || (name == AnswerName && answer is not null))
            {
                fault = IcapFault.BadRequest($"Encapsulated of {method} does not have {name} there.");
                return null;
            }
        }

        if (body is null)
        {
            fault = IcapFault.BadRequest("Encapsulated names no body; a message without one has null-body.");
            return null;
        }

        return new(request, answer, body == NoBody ? null : body, last);
    }

    private static void Close(string? open, int from, int to, ref Range? request, ref Range? answer)
    {
        if (open == RequestName)
        {
            request = from..to;
        }
        else if (open == AnswerName)
        {
            answer = from..to;
        }
    }

    private static bool TryReadPart(ReadOnlySpan<char> part, out string name, out int offset)
    {
        var equals = part.IndexOf('=');
        name = equals < 0 ? "" : part[..equals].Trim().ToString().ToLowerInvariant();
        offset = 0;
        return equals >= 0
            && name is RequestName or AnswerName or "req-body" or "res-body" or "opt-body" or NoBody
            && int.TryParse(part[(equals + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    private static bool Suits(string name, string method) => name == NoBody || (method switch
    {
        IcapHead.RequestModification => name is RequestName or "req-body",
        IcapHead.ResponseModification => name is RequestName or AnswerName or "res-body",
        _ => false,
    });
}
