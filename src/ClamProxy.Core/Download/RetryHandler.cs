using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace ClamProxy.Core.Download;

/// <summary>
/// Sends a request again when the transport failed before an answer's head. Whatever upstream answers, a 503 too, is its
/// answer; a truncated body is downloaded again by the owner of the spool file.
/// </summary>
internal sealed class RetryHandler : DelegatingHandler
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    private readonly ResiliencePipeline _pipeline;

    public RetryHandler(DownloadOptions options, DownloadMetrics metrics, TimeProvider time, ILogger log, HttpMessageHandler inner)
        : base(inner)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.Retries > 0)
            builder.AddRetry(Strategy(options, metrics, log));
        _pipeline = builder.Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isIdempotent = (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head) && request.Content is null;
        if (!isIdempotent)
            return await base.SendAsync(request, cancellationToken);

        var first = request.RequestUri;
        return await _pipeline.ExecuteAsync(
            async token =>
            {
                request.RequestUri = first;
                try
                {
                    return await base.SendAsync(request, token);
                }
                catch (Exception exception) when (UpstreamFaults.Classify(exception) is { IsWithoutConnection: false })
                {
                    // Another request on the same connection may be why, and may be sent again as this one is.
                    request.Options.Set(UnsharedConnection.Wanted, true);
                    throw;
                }
            },
            cancellationToken);
    }

    private static RetryStrategyOptions Strategy(DownloadOptions options, DownloadMetrics metrics, ILogger log) => new()
    {
        MaxRetryAttempts = options.Retries,
        Delay = FirstDelay,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = static args =>
            ValueTask.FromResult(args.Outcome.Exception is { } exception && !args.Context.CancellationToken.IsCancellationRequested
                                 && UpstreamFaults.IsWorthRetrying(exception)),
        OnRetry = args =>
        {
            var failure = UpstreamFaults.Classify(args.Outcome.Exception!);
            metrics.Retried();
            DownloadLog.Retrying(log, args.AttemptNumber + 1, failure.Reason, failure.Cause);
            return ValueTask.CompletedTask;
        },
    };
}
