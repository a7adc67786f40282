using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>One deadline and one measurement for an answer's head: every attempt and every redirect together.</summary>
internal sealed class HeadDeadline(DownloadOptions options, DownloadMetrics metrics, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var hop = Target.TryParse(request.RequestUri!.OriginalString, out _) is { } first ? new CurrentHop(first) : null;
        if (hop is not null)
        {
            request.Options.Set(CurrentHop.Key, hop);
        }

        using var deadline = new CancellationTokenSource(options.HeaderTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var response = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            metrics.HeadReceived((int)response.StatusCode, time.GetElapsedTime(started));
            return response;
        }
        catch (Exception exception)
        {
            var hasLeft = cancellationToken.IsCancellationRequested;
            var tooLate = deadline.IsCancellationRequested && !hasLeft && exception is not UpstreamException;
            var failure = tooLate
                ? TooLate(hop, exception)
                : UpstreamFaults.Classify(exception);
            metrics.HeadFailed(failure.Reason, time.GetElapsedTime(started));
            if (tooLate)
            {
                throw new UpstreamException(failure);
            }

            throw;
        }
    }

    private Failure TooLate(CurrentHop? hop, Exception cause)
    {
        var failure = new Failure(
            FailureReason.UpstreamTimedOut,
            $"The upstream server did not answer within {options.HeaderTimeout.TotalSeconds:0.###} s.",
            cause);
        return hop is null ? failure : UpstreamFaults.At(hop.Target, failure);
    }
}
