using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using Microsoft.Net.Http.Headers;

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

    /// <summary>
    /// A 304 has the tag that the client's copy has: which form that is, upstream's 304 does not say, and the tags of decoded forms are
    /// weak.
    /// </summary>
    public static void EchoTag(HttpContext context)
    {
        if (context.Response.Headers.ETag is [{ } tag]
            && !tag.StartsWith("W/", StringComparison.Ordinal)
            && EntityTagHeaderValue.TryParseList([.. context.Request.Headers.IfNoneMatch.OfType<string>()], out var known)
            && !known.Any(one => one.ToString() == tag)
            && known.Any(one => one.ToString() == "W/" + tag))
        {
            context.Response.Headers.ETag = "W/" + tag;
        }
    }

    private static bool MayBeDecoded(GateRequest request, UpstreamHead head) =>
        request.Freshness is not null
        && head.First("Content-Encoding") is not null
        && ContentCodings.Of(head.All("Content-Encoding")) is { Layers.Count: > 0, Guesses.Count: 0 }
        && !CompressedFiles.Contain(request.Target, head);
}
