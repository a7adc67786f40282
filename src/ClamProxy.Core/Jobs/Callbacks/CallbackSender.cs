using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>
/// Sends one callback once (Standard Webhooks 1.0.0). Of the answer only the head is read; a redirect is a failure and is not followed.
/// </summary>
internal sealed class CallbackSender : IDisposable
{
    private readonly CallbackOptions _options;
    private readonly CallbackTargets _targets;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;
    private readonly CallbackSecrets _secrets;

    public CallbackSender(
        CallbackOptions options,
        CallbackTargets targets,
        CallbackSecrets secrets,
        DownloadOptions download,
        UpstreamProxies proxies,
        IMeterFactory meters,
        TimeProvider clock)
    {
        (_options, _targets, _secrets, _clock) = (options, targets, secrets, clock);
        _http = new HttpMessageInvoker(
            new UpstreamPools(download, new UpstreamConnector(download, targets.Guard, clock), proxies, ours: null, meters));
    }

    /// <param name="callback">Whom to tell.</param>
    /// <param name="body">What; the same for each attempt.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled; receivers never make it
    /// throw.</exception>
    public Task<CallbackReply> SendAsync(Callback callback, byte[] body, CancellationToken stopping) =>
        SendAsync(callback.Id, callback.Url, body, "application/json", stopping);

    /// <param name="id">What receivers know it by; the same for each attempt, and without a dot.</param>
    /// <param name="url">Whom to tell.</param>
    /// <param name="body">What; the same for each attempt.</param>
    /// <param name="type">The body's media type.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <inheritdoc cref="SendAsync(Callback, byte[], CancellationToken)"/>
    public async Task<CallbackReply> SendAsync(string id, string url, byte[] body, string type, CancellationToken stopping)
    {
        if (_targets.Check(url, out var problem) is not { } target)
        {
            return new CallbackReply.Forbidden(problem!);
        }

        using var deadline = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            using var request = Request(id, target, body, type);
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            return ReplyOf(response);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException(stopping);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return new CallbackReply.Failed($"The receiver did not answer within {_options.Timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception e)
        {
            return UpstreamFaults.Classify(e) switch
            {
                { Reason: FailureReason.UpstreamForbidden } forbidden => new CallbackReply.Forbidden(forbidden.Detail),
                // It counts as an attempt, so that it is not sent for ever.
                { Reason: FailureReason.Internal } => new CallbackReply.Failed("An internal error of ClamProxy; its log has the details.")
                {
                    Cause = e,
                },
                var failure => new CallbackReply.Failed(failure.Detail),
            };
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string id, Target target, byte[] body, string type)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, target.Uri) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.TryAddWithoutValidation(FixedFields.UserAgent.Key, FixedFields.UserAgent.Value);
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(
            "webhook-signature", CallbackSignature.Of(_secrets.For(target.Uri), id, timestamp, body));
        return request;
    }

    private CallbackReply ReplyOf(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 200 and <= 299 => new CallbackReply.Taken(),
        410 => new CallbackReply.Gone(),
        >= 300 and <= 399 and var status => Failed($"The receiver redirects (answer {status}), which is not followed.", response),
        var status => Failed($"The receiver answered {status}.", response),
    };

    private CallbackReply.Failed Failed(string problem, HttpResponseMessage response) => new(problem)
    {
        RetryAfter = response.Headers.RetryAfter is { } field ? field.Delta ?? (field.Date - _clock.GetUtcNow()) : null,
        IsOverload = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
    };
}
