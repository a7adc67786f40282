using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Webhooks;

/// <summary>
/// Sends one signed message once (Standard Webhooks 1.0.0). Of the answer only the head is read; a redirect is a failure and is not
/// followed.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    /// <param name="timeout">How long one attempt may take, from the look-up of the name to the head of the answer.</param>
    /// <param name="guard">Judges addresses when a connection is made.</param>
    /// <param name="download">The bounds of connections.</param>
    /// <param name="proxies">The proxies that they may go through.</param>
    /// <param name="meters">Of the host.</param>
    /// <param name="clock">The time that is signed, and the deadline.</param>
    public WebhookSender(
        TimeSpan timeout,
        UpstreamGuard guard,
        DownloadOptions download,
        UpstreamProxies proxies,
        IMeterFactory meters,
        TimeProvider clock)
    {
        (_timeout, _clock) = (timeout, clock);
        _http = new HttpMessageInvoker(
            new UpstreamPools(download, new UpstreamConnector(download, guard, clock), proxies, ours: null, meters));
    }

    /// <param name="id">What receivers know it by; the same for each attempt, and without a dot.</param>
    /// <param name="target">Whom to tell; its name has been judged.</param>
    /// <param name="secrets">At least one, to sign with.</param>
    /// <param name="body">What; the same for each attempt.</param>
    /// <param name="type">The body's media type.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled; receivers never make it
    /// throw.</exception>
    public async Task<WebhookReply> SendAsync(
        string id, Target target, IReadOnlyList<byte[]> secrets, byte[] body, string type, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            using var request = Request(id, target, secrets, body, type);
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            return ReplyOf(response);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException(stopping);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return new WebhookReply.Failed($"The receiver did not answer within {_timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception e)
        {
            return UpstreamFaults.Classify(e) switch
            {
                { Reason: FailureReason.UpstreamForbidden } forbidden => new WebhookReply.Forbidden(forbidden.Detail),
                // It counts as an attempt, so that it is not sent for ever.
                { Reason: FailureReason.Internal } => new WebhookReply.Failed("An internal error of ClamProxy; its log has the details.")
                {
                    Cause = e,
                },
                var failure => new WebhookReply.Failed(failure.Detail),
            };
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string id, Target target, IReadOnlyList<byte[]> secrets, byte[] body, string type)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, target.Uri) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.TryAddWithoutValidation(FixedFields.UserAgent.Key, FixedFields.UserAgent.Value);
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Of(secrets, id, timestamp, body));
        return request;
    }

    private WebhookReply ReplyOf(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 200 and <= 299 => new WebhookReply.Taken(),
        410 => new WebhookReply.Gone(),
        >= 300 and <= 399 and var status => Failed($"The receiver redirects (answer {status}), which is not followed.", response),
        var status => Failed($"The receiver answered {status}.", response),
    };

    private WebhookReply.Failed Failed(string problem, HttpResponseMessage response) => new(problem)
    {
        RetryAfter = response.Headers.RetryAfter is { } field ? field.Delta ?? (field.Date - _clock.GetUtcNow()) : null,
        IsOverload = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
        IsOfMessage = response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge
            or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity,
    };
}
