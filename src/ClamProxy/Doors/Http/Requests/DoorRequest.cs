using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>What an HTTP request asks for, in the gate's words.</summary>
/// <param name="Gate">The request; null where there is a problem.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record DoorRequest(GateRequest? Gate, Problem? Problem)
{
    /// <summary>What the client will probably ask for next, where the operator wants that scanned ahead.</summary>
    public GateRequest? Ahead { get; init; }

    /// <summary>
    /// The client has a part of the file that was sent before its verdict, so that it must not hear that this is the current one.
    /// </summary>
    public bool HasUnprovedPart { get; init; }

    /// <summary>What the answer's links are checked by; null: it is not a route's.</summary>
    public AnswerLinks? Answer { get; init; }

    /// <summary>
    /// How the links in the answer's body are rewritten; null: they stay unchanged, because the route has no rule or the file is immutable.
    /// </summary>
    public LinkRewriting? Links => Answer?.OfBody;

    /// <summary>How the answer's cookies are passed on; null: they are dropped, because the client has named the upstream.</summary>
    public RouteCookies? Cookies { get; init; }

    /// <summary>Whether the answer's content is kept from acting in a browser.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>Sets what holds for the answer, whatever upstream's will be.</summary>
    public void Prepare(HttpContext context)
    {
        if (Cookies is { } cookies)
        {
            context.Features.Set(cookies);
        }

        if (IsIsolated)
        {
            ContentIsolation.Set(context.Response);
        }
    }
}
