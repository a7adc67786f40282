using ClamProxy.Core.Download;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>The one funnel of callbacks: log and metrics together.</summary>
internal sealed class CallbackReport(CallbackMetrics metrics, ILogger<CallbackReport> logger)
{
    /// <param name="sent">How far it is after the attempt.</param>
    /// <param name="outcome">Of its job.</param>
    public void Sent(Callback sent, JobOutcome outcome)
    {
        metrics.Sent(sent.State);
        var (id, job, server, attempt, problem) = (sent.Id, sent.JobId, ServerOf(sent), sent.Attempts, sent.Problem ?? "");
        switch (sent.State)
        {
            case CallbackState.Delivered:
                metrics.Delivered((sent.LastAt - outcome.FinishedAt) ?? TimeSpan.Zero);
                logger.Delivered(id, job, server, attempt);
                break;
            case CallbackState.Gone:
                logger.EndedByReceiver(id, job, server);
                break;
            case CallbackState.Dead:
                logger.GivenUp(id, job, server, attempt, problem);
                break;
            case CallbackState.Due or CallbackState.Waiting:
                logger.Failed(id, job, server, attempt, (sent.NextAt - sent.LastAt) ?? TimeSpan.Zero, problem);
                break;
        }
    }

    public void Ended(string jobId, int count)
    {
        if (count > 0)
        {
            metrics.Ended(count);
            logger.Ended(jobId, count);
        }
    }

    public void InternalError(Callback callback, Exception cause) => logger.InternalError(callback.Id, callback.JobId, cause);

    public void StoreFailed(Exception cause) => logger.StoreFailed(cause);

    public void NotSettled(Callback callback, Exception cause) => logger.NotSettled(callback.Id, callback.JobId, cause);

    private static string ServerOf(Callback callback) => Target.TryParse(callback.Url, out _)?.Server ?? "none";
}
