using ClamProxy.Core.Verdicts;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary><c>GET /verdicts/{sha256}</c>: what is known of a content.</summary>
internal sealed class VerdictEndpoint(IVerdictStore verdicts, ApiReply reply)
{
    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);

    public async Task AnswerAsync(HttpContext context, string sha256)
    {
        if (!IsSha256(sha256))
        {
            await reply.RefuseAsync(context, BadRequest.Of("A content is named by its SHA-256: 64 hexadecimal digits."));
            return;
        }

        var known = await verdicts.FindContentAsync(ContentKey.For(sha256.ToLowerInvariant()), context.RequestAborted);
        await (known is null
            ? reply.NotFoundAsync(context, "Nothing is known of this content.")
            : reply.WriteAsync(
                context,
                StatusCodes.Status200OK,
                ScanVerdictAnswer.Of(known, null, isKnown: true, isReleased: false),
                ApiJson.Default.ScanVerdictAnswer));
    }
}
