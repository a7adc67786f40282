using ClamProxy.Problems;

namespace ClamProxy.Doors.ExtProc;

/// <summary>The immediate 500 of what cannot be scanned as Envoy sends it: the operator of Envoy has to mend it.</summary>
internal static class TroubleProblem
{
    private const string Mend = "Set it to BUFFERED or FULL_DUPLEX_STREAMED in the ext_proc filter's processing_mode.";

    public static Problem Of(Direction direction, Trouble trouble)
    {
        var name = direction == Direction.Request ? "request" : "response";
        var detail = trouble switch
        {
            Trouble.NoMode => $"Envoy does not say how it sends {name} bodies (protocol_config): take a current Envoy.",
            Trouble.Streamed =>
                $"{name}_body_mode STREAMED passes bytes on before they are scanned. {Mend} EXT_PROC_STREAMED=allow takes the risk.",
            Trouble.BufferedPartial =>
                $"{name}_body_mode BUFFERED_PARTIAL passes what is over Envoy's buffer unscanned. {Mend} EXT_PROC_STREAMED=allow takes the "
                + "risk.",
            Trouble.UnknownMode => $"The {name}_body_mode is one that cannot be scanned. {Mend}",
            Trouble.NothingIsScanned =>
                $"Neither request_body_mode nor response_body_mode sends a body, so that nothing is scanned. {Mend}",
            Trouble.Observed => "In observability_mode Envoy waits for no verdict. Switch it off in the ext_proc filter.",
            Trouble.NoHeaders =>
                $"The {name}'s body came without its headers, which say how it is coded: set {name}_header_mode to SEND.",
            Trouble.HeadersTwice => $"The {name}'s headers came twice.",
            Trouble.UnexpectedBody => $"A {name} body came although its mode is NONE.",
            Trouble.None => throw new InvalidOperationException("a refusal without trouble"),
        };
        return new Problem(StatusCodes.Status500InternalServerError, "ext-proc-mode", "Cannot be scanned as Envoy sends it", detail);
    }
}
