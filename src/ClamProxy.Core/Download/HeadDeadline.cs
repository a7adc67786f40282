using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>
/// One deadline and one measurement for an answer's head: every attempt and every redirect together. A request's body has its own time: the
/// deadline begins anew with each piece that upstream takes, within the time that a whole body may take.
/// </summary>
internal sealed class HeadDeadline(DownloadOptions options, DownloadMetrics metrics, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    /// <summary>Set: the deadline of this request, in place of HeaderTimeout.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> AnswerWithin = new("ClamProxy.AnswerWithin");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var hop = Target.TryParse(request.RequestUri!.OriginalString, out _) is { } first ? new CurrentHop(first) : null;
        if (hop is not null)
        {
            request.Options.Set(CurrentHop.Key, hop);
        }

        var limit = request.Options.TryGetValue(AnswerWithin, out var own) ? own : options.HeaderTimeout;
        var body = request.Content as UpstreamBodyContent;
        using var deadline = new CancellationTokenSource(limit, time);
        using var total = new CancellationTokenSource(body is null ? Timeout.InfiniteTimeSpan : options.TotalTimeout + limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, total.Token);
        body?.Moved = () => Renew(deadline, limit);
        try
        {
            var response = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            metrics.HeadReceived((int)response.StatusCode, time.GetElapsedTime(started));
            return response;
        }
        catch (Exception exception)
        {
            var hasLeft = cancellationToken.IsCancellationRequested;
            var tooLate = (deadline.IsCancellationRequested || total.IsCancellationRequested)
                && !hasLeft
                && exception is not UpstreamException;
            var failure = tooLate
                ? TooLate(hop, total.IsCancellationRequested ? options.TotalTimeout + limit : limit, exception)
                : UpstreamFaults.Classify(exception);
            metrics.HeadFailed(failure.Reason, time.GetElapsedTime(started));
            if (tooLate)
            {
                throw new UpstreamException(failure);
            }

            throw;
        }
        finally
        {
            body?.Moved = null;
        }
    }

    /// <summary>A last piece may go out while the deadline is being let go of.</summary>
    private static void Renew(CancellationTokenSource deadline, TimeSpan limit)
    {
        try
        {
            deadline.CancelAfter(limit);
        }
        catch (ObjectDisposedException)
        {
            // The answer is here.
        }
    }

    private static Failure TooLate(CurrentHop? hop, TimeSpan limit, Exception cause)
    {
        var failure = new Failure(
            FailureReason.UpstreamTimedOut,
            $"The upstream server did not answer within {limit.TotalSeconds:0.###} s.",
            cause);
        return hop is null ? failure : UpstreamFaults.At(hop.Target, failure);
    }
}
