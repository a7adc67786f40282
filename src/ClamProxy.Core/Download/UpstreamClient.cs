using System.Diagnostics.Metrics;
using System.Net;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Requests;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>Fetches targets: one shared pool of connections behind the guard, redirects and retries included.</summary>
public sealed class UpstreamClient : IDisposable
{
    /// <summary>
    /// From here on upstream is asked first whether it wants the body (RFC 9110 §10.1.1), so that one that answers early is heard before
    /// it closes the connection. As curl does; a server that does not understand it costs the HTTP client's second of waiting.
    /// </summary>
    private const long LongBody = 1 << 20;

    private readonly DownloadOptions _options;
    private readonly DownloadMetrics _metrics;
    private readonly TimeProvider _time;

    public UpstreamClient(
        DownloadOptions options,
        UpstreamGuard guard,
        UpstreamProxies proxies,
        DownloadMetrics metrics,
        IMeterFactory meters,
        TimeProvider time,
        ILogger<UpstreamClient> log)
    {
        _options = options;
        _metrics = metrics;
        _time = time;
        Invoker = new HttpMessageInvoker(UpstreamHandlers.Build(options, guard, proxies, metrics, time, log, meters));
    }

    /// <summary>
    /// The same way upstream for a forwarder: same guard, redirects, retries and head deadline. What it throws,
    /// <see cref="UpstreamFaults.Classify"/> understands.
    /// </summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>Sends a request and returns when the final answer's head is there.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; upstream's doings never
    /// throw.</exception>
    public async Task<UpstreamAnswer> FetchAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            // Not disposed: a retry or the answer may still refer to it, and a body's content holds nothing of its own.
            var message = Message(request);
            var response = await Invoker.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.ExpectationFailed && message.Headers.ExpectContinue == true)
            {
                // It has taken nothing, and wants the body unannounced (RFC 9110 §15.5.18).
                response.Dispose();
                message = Message(request);
                message.Headers.ExpectContinue = false;
                response = await Invoker.SendAsync(message, cancellationToken).ConfigureAwait(false);
            }

            return new UpstreamAnswer.Answered(new UpstreamResponse(response, _options, _metrics, _time));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (UpstreamFaults.Classify(exception) is { Reason: not FailureReason.Internal })
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new UpstreamAnswer.Failed(UpstreamFaults.Classify(exception));
        }
    }

    public void Dispose() => Invoker.Dispose();

    /// <summary>
    /// Gives a request the id of the one that it is sent for, if that has one; it is in no key, so others may share the answer.
    /// </summary>
    public static void SetRequestId(HttpRequestMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (RequestId.Current is { } id)
        {
            message.Headers.TryAddWithoutValidation(RequestId.Field, RequestId.ForUpstream(id));
        }
    }

    private static HttpRequestMessage Message(UpstreamRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Target.Uri);
        message.Options.Set(UnsharedConnection.Wanted, request.HasOwnConnection);
        foreach (var (name, value) in request.Headers)
        {
            // A Host of the client's would choose the TLS name and the connection pool.
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (request.Body is { } body)
        {
            message.Content = new UpstreamBodyContent(body);
            message.Headers.ExpectContinue = body.Length >= LongBody;
        }

        if (request.AnswerWithin is { } limit)
        {
            message.Options.Set(HeadDeadline.AnswerWithin, limit);
        }

        SetRequestId(message);
        request.Identity?.ApplyTo(message);
        if (request.Client is not null)
        {
            message.Options.Set(UpstreamGuard.Client, ClientNetwork.Of(request.Client));
        }

        return message;
    }
}
