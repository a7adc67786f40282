using ClamProxy.Core.Gate;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http;

/// <summary>What an HTTP request asks for, in the gate's words.</summary>
/// <param name="Gate">The request; null where there is a problem.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record DoorRequest(GateRequest? Gate, Problem? Problem)
{
    /// <summary>What the client will probably ask for next, where the operator wants that scanned ahead.</summary>
    public GateRequest? Ahead { get; init; }

    /// <summary>What becomes of the links in a text answer; null: nothing, the route names none.</summary>
    public LinkRewriting? Links { get; init; }

    /// <summary>What becomes of the answer's cookies; null: none is passed on, for the client has named the upstream.</summary>
    public RouteCookies? Cookies { get; init; }
}
