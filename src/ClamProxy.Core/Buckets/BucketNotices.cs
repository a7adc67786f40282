using System.Text;
using System.Text.Json;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Who is told of a scanned object: a queue gets the events of those that are clean, a topic and a web server a notice of all others.
/// </summary>
internal sealed class BucketNotices(SqsQueue? forward, SnsTopic? topic, WebhookNotices? webhook = null) : IDisposable
{
    /// <exception cref="SqsException">The queue did not take it.</exception>
    /// <exception cref="SnsException">The topic did not take it.</exception>
    /// <exception cref="NoticeException">The web server did not take it.</exception>
    public async Task TellAsync(BucketObjects source, ScannedObject scanned, bool isRefused, CancellationToken isOver)
    {
        if (isRefused && topic is not null)
        {
            await topic.SendAsync(NoticeOf(source, scanned), isOver).ConfigureAwait(false);
        }
        else if (!isRefused && forward is not null && scanned.Told.Message is { } message)
        {
            await forward.SendAsync(message, isOver).ConfigureAwait(false);
        }

        if (webhook is not null)
        {
            await webhook.TellAsync(source.Name, scanned, isRefused, isOver).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        forward?.Dispose();
        topic?.Dispose();
    }

    /// <summary>People get a sentence, as avscanner writes it, programs the report.</summary>
    private static string NoticeOf(BucketObjects source, ScannedObject scanned)
    {
        var report = Encoding.UTF8.GetString(ObjectReport.Of(source.Name, scanned));
        var reason = scanned.Verdict switch
        {
            { Verdict: Verdict.Infected } => "virus detected",
            { Reason: UnscannableReason.TooLarge } => "file too large",
            { Reason: var other } => other.Name() ?? "not scanned as a whole",
        };
        var notice = new Dictionary<string, string>
        {
            ["default"] = $"File {scanned.State.Key} was not found clean. Reason: {reason}",
            ["sqs"] = report,
            ["lambda"] = report,
            ["http"] = report,
            ["https"] = report,
        };
        return JsonSerializer.Serialize(notice, ReportJson.Default.DictionaryStringString);
    }
}
