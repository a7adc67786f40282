using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Buckets.Webhooks;

/// <summary>The web server that gets notices of scanned objects, signed as callbacks of jobs are (Standard Webhooks 1.0.0).</summary>
internal sealed class WebhookNotices(CallbackSender sender, string url, bool alsoClean)
{
    /// <exception cref="NoticeException">The receiver did not take it.</exception>
    public async Task TellAsync(string bucket, ScannedObject scanned, bool isRefused, CancellationToken isOver)
    {
        if (!isRefused && !alsoClean)
        {
            return;
        }

        var notice = ObjectNotice.Of(bucket, scanned, isRefused);
        var problem = await sender.SendAsync(notice.Id, url, notice.ToUtf8(), ObjectNotice.MediaType, isOver).ConfigureAwait(false) switch
        {
            WebhookReply.Taken => null,
            WebhookReply.Gone => "The receiver wants no more (answer 410).",
            WebhookReply.Forbidden forbidden => forbidden.Problem,
            WebhookReply.Failed failed => failed.Problem,
            _ => throw new InvalidOperationException("a reply of a kind that is not there"),
        };
        if (problem is not null)
        {
            throw new NoticeException($"no notice could be sent (NoticeUrl): {problem.TrimEnd('.')}");
        }
    }
}
