using ClamProxy.Doors.ExtProc;
using ClamProxy.Doors.ExtProc.Wire;
using Google.Protobuf;

namespace ClamProxy.Fuzz;

/// <summary>
/// One message of Envoy as it is on the wire. Whatever the bytes are: they are a message or none, and the facts that are read of its head
/// are there without anything thrown; no name for logs holds a query; no header field of HTTP/2's own is taken for a client's.
/// </summary>
internal static class ExtProcMessageTarget
{
    public static FuzzTarget Create() => new(
        "ext-proc-message",
        [
            ":path", ":authority", ":status", ":method", "content-length", "content-encoding", "x-forwarded-for", "\x12", "\x1a",
            "\x22", "\x2a", "\x0a", "\x18\x01", "\x10\x01", "?token=secret", "200", "http://"
        ],
        Check);

    private static FuzzOutcome Check(byte[] input)
    {
        ProcessingRequest message;
        try
        {
            message = ProcessingRequest.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException)
        {
            return new FuzzOutcome("no message", null);
        }

        if ((message.RequestHeaders ?? message.ResponseHeaders) is not { } headers)
        {
            return new FuzzOutcome($"{message.RequestCase} {message.ObservabilityMode} {message.ProtocolConfig is not null}", null);
        }

        var request = HeadReader.Request(headers, "192.0.2.1", isTrusted: true);
        var response = HeadReader.Response(headers, request, "192.0.2.1");
        var hasLength = response.TryReadLength(out var length);
        var violation = request.Name.Contains('?') ? "no name for logs holds a query"
            : request.RequestFields.Concat(response.AnswerFields).Any(field => field.Key.StartsWith(':'))
            ? "pseudo fields are no header fields"
            : length < 0 ? "no length is negative"
            : response.Status is null ? "a response has a status"
            : null;
        return new FuzzOutcome(
            $"{message.RequestCase} {headers.EndOfStream} {request.RequestFields.Count} {request.Method.Length > 0} {hasLength} "
            + $"{length is not null} {response.Status is >= 100 and < 600}",
            violation);
    }
}
