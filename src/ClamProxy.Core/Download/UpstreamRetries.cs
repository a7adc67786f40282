using ClamProxy.Core.Failures;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly;

namespace ClamProxy.Core.Download;

/// <summary>
/// Sends a GET or HEAD again when the transport failed before an answer's head, any other request only where there was no connection to
/// send it on. Whatever upstream answers, a 503 too, is its
/// answer; a truncated body is downloaded again by the owner of the spool file.
/// </summary>
internal static class UpstreamRetries
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    public static ResilienceHandler Build(
        DownloadOptions options, DownloadMetrics metrics, TimeProvider time, ILogger log, HttpMessageHandler inner)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(Strategy(options, metrics, log));
        }

        return new ResilienceHandler(builder.Build()) { InnerHandler = new UpstreamAttempt(inner) };
    }

    private static HttpRetryStrategyOptions Strategy(DownloadOptions options, DownloadMetrics metrics, ILogger log) => new()
    {
        MaxRetryAttempts = options.Retries,
        Delay = FirstDelay,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = static args => ValueTask.FromResult(
            args.Outcome.Exception is { } exception
            && !args.Context.CancellationToken.IsCancellationRequested
            && (IsIdempotent(args.Context.GetRequestMessage()) || UpstreamFaults.Classify(exception).IsWithoutConnection)
            && UpstreamFaults.IsWorthRetrying(exception)),
        OnRetry = args =>
        {
            var failure = UpstreamFaults.Classify(args.Outcome.Exception!);
            metrics.Retried();
            DownloadLog.Retrying(log, args.AttemptNumber + 1, failure.Reason.Facts().Tag, failure.Cause);
            return ValueTask.CompletedTask;
        },
    };

    private static bool IsIdempotent(HttpRequestMessage? request) =>
        request is { Content: null } && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);
}
