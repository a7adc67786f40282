using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Problems;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Uploads;

/// <summary>
/// Redirects of requests that change something are not followed here: their clients are told where to go. Where that leads past the
/// scanner, the route's ForeignLinks decides, as it does for links in texts.
/// </summary>
internal sealed class UploadRedirect(ForeignLinkNotices notices)
{
    /// <returns>Why the answer is not to be passed on; null: it may be.</returns>
    public Failure? Weigh(GateRequest request, UpstreamHead head, AnswerLinks? links)
    {
        if (head.Status is < 300 or > 399
            || links is null or { Foreign: ForeignLinks.Allow }
            || head.First("Location") is not { } location
            || LinkUrl.Parse(location) is not { } url
            || links.Hosts.IsOwn(url)
            // It is rewritten, or left out.
            || links.Hosts.IsOfARule(url))
        {
            return null;
        }

        var isRefused = links.Foreign == ForeignLinks.Refuse;
        notices.Notice(links.Route, request.Target.TextWithoutQuery, [url.Host], isRefused);
        return isRefused
            ? new(
                FailureReason.ForeignLinks,
                $"Upstream redirects this request to {SafeText.Cut(url.Host, 200)}, where no route of ClamProxy leads: the client would "
                    + $"send it there past the scanner. ClamProxy:Routes:{links.Route}:ForeignLinks=warn passes it on nevertheless.")
            : null;
    }
}
