using ClamProxy.Doors.ExtProc.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ClamProxy.Doors.ExtProc;

/// <summary>The answers that let a message pass, unchanged.</summary>
internal static class Answers
{
    /// <param name="direction">Whose headers.</param>
    /// <param name="removed">Names of header fields that do not go on.</param>
    public static ProcessingResponse Headers(Direction direction, IReadOnlyList<string> removed)
    {
        var headers = new HeadersResponse { Response = new CommonResponse() };
        if (removed.Count > 0)
        {
            headers.Response.HeaderMutation = new HeaderMutation { RemoveHeaders = { removed } };
        }

        return direction == Direction.Request
            ? new ProcessingResponse { RequestHeaders = headers }
            : new ProcessingResponse { ResponseHeaders = headers };
    }

    /// <summary>For a body that Envoy has kept.</summary>
    public static ProcessingResponse Body(Direction direction) => Body(direction, new CommonResponse());

    /// <summary>A piece of a body that Envoy has not kept.</summary>
    public static ProcessingResponse Piece(Direction direction, ReadOnlyMemory<byte> bytes, bool isEnd) => Body(direction, new()
    {
        BodyMutation = new BodyMutation
        {
            StreamedResponse = new StreamedBodyResponse { Body = UnsafeByteOperations.UnsafeWrap(bytes), EndOfStream = isEnd },
        },
    });

    public static ProcessingResponse Trailers(Direction direction)
    {
        var trailers = new TrailersResponse();
        return direction == Direction.Request
            ? new ProcessingResponse { RequestTrailers = trailers }
            : new ProcessingResponse { ResponseTrailers = trailers };
    }

    /// <summary>Asks for more time to answer in; Envoy heeds nothing else in such a message.</summary>
    public static ProcessingResponse MoreTime(TimeSpan time) => new() { OverrideMessageTimeout = Duration.FromTimeSpan(time) };

    private static ProcessingResponse Body(Direction direction, CommonResponse response)
    {
        var body = new BodyResponse { Response = response };
        return direction == Direction.Request
            ? new ProcessingResponse { RequestBody = body }
            : new ProcessingResponse { ResponseBody = body };
    }
}
