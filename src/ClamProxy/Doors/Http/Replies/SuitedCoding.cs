using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Gives an answer that may change in a coding that its client takes: upstream was asked in ClamProxy's own name, so what came may be
/// coded for a client that takes no codings.
/// </summary>
internal sealed class SuitedCoding(DecodedAnswers decoded)
{
    /// <summary>Whether the client can be sent an answer as it came.</summary>
    public static bool Suits(HttpContext context, GateRequest request, UpstreamHead head) =>
        !MayBeDecoded(request, head) || AcceptedCodings.Of(context.Request).Take(ContentCodings.Of(head.All("Content-Encoding")));

    /// <summary>The head that the client is sent instead of upstream's, where no body goes with it.</summary>
    public static UpstreamHead HeadFor(HttpContext context, GateRequest request, UpstreamHead head) =>
        !MayBeDecoded(request, head) ? head
        : Suits(context, request, head) ? head.VaryingByCoding()
        : head.AsDecoded().VaryingByCoding();

    /// <param name="context">The request.</param>
    /// <param name="request">What the gate was asked.</param>
    /// <param name="file">What it answered; it stays the caller's.</param>
    /// <returns>What is to be sent, the caller's to dispose of where it is another; or why nothing is.</returns>
    public async ValueTask<(GateResult.Whole? File, Failure? Failure)> OfAsync(
        HttpContext context, GateRequest request, GateResult.Whole file)
    {
        if (!MayBeDecoded(request, file.Head))
        {
            return (file, null);
        }

        var varying = file with { Head = file.Head.VaryingByCoding() };
        return file.Head.Decoded is null || Suits(context, request, file.Head)
            ? (varying, null)
            : await decoded.OpenAsync(request, varying, context.RequestAborted);
    }

    private static bool MayBeDecoded(GateRequest request, UpstreamHead head) =>
        request.Freshness is not null
        && head.First("Content-Encoding") is not null
        && ContentCodings.Of(head.All("Content-Encoding")) is { Layers.Count: > 0, Guesses.Count: 0 };
}
