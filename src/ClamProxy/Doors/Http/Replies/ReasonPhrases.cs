using ClamProxy.Core.Fetching;
using ClamProxy.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>Upstream's own reason phrase goes with upstream's own status.</summary>
internal static class ReasonPhrases
{
    public static void Keep(HttpContext context, UpstreamHead head, int status)
    {
        if (status == head.Status && head.ReasonPhrase is { Length: > 0 } phrase)
        {
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = SafeText.Cut(phrase, 120);
        }
    }
}
