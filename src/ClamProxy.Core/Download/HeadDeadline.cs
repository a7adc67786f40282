using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>One deadline and one measurement for an answer's head: every attempt and every redirect together.</summary>
internal sealed class HeadDeadline(DownloadOptions options, DownloadMetrics metrics, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
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
                ? new Failure(FailureReason.UpstreamTimedOut, "The upstream server did not answer in time.", exception)
                : UpstreamFaults.Classify(exception);
            metrics.HeadFailed(failure.Reason, time.GetElapsedTime(started));
            if (tooLate)
            {
                throw new UpstreamException(failure);
            }

            throw;
        }
    }
}
