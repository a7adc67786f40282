using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.Messages;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ClamProxy.Doors.ExtProc;

/// <summary>What Envoy sends to the client in place of a message. It ends the transaction.</summary>
internal static class ImmediateAnswer
{
    /// <param name="kind">What Envoy's access log gets as the details of the response, behind <c>clamproxy_</c>.</param>
    /// <param name="metadata">Null: there is no verdict to tell.</param>
    public static ProcessingResponse Of(MessageReply reply, string kind, Struct? metadata)
    {
        // Envoy takes 200 for a status that is missing.
        var immediate = new ImmediateResponse
        {
            Status = new HttpStatus { Code = reply.Status },
            Headers = new HeaderMutation(),
            Body = UnsafeByteOperations.UnsafeWrap(reply.Body),
            Details = "clamproxy_" + kind.Replace('-', '_'),
        };
        foreach (var (name, value) in reply.Fields)
        {
            // Envoy counts the body itself.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                immediate.Headers.SetHeaders.Add(Field(name, value));
            }
        }

        return new ProcessingResponse { ImmediateResponse = immediate, DynamicMetadata = metadata };
    }

    private static HeaderValueOption Field(string name, string value) => new()
    {
        Header = new HeaderValue { Key = name.ToLowerInvariant(), RawValue = ByteString.CopyFrom(value, System.Text.Encoding.Latin1) },
        AppendAction = HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd,
    };
}
