using System.Diagnostics.Metrics;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>Sends a message once to where callbacks may go, signed by the secrets of its host.</summary>
internal sealed class CallbackSender(
    CallbackOptions options,
    CallbackTargets targets,
    CallbackSecrets secrets,
    DownloadOptions download,
    UpstreamProxies proxies,
    IMeterFactory meters,
    TimeProvider clock) : IDisposable
{
    private readonly WebhookSender _webhooks = new(options.Timeout, targets.Guard, download, proxies, meters, clock);

    /// <param name="callback">Whom to tell.</param>
    /// <param name="body">What; the same for each attempt.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled; receivers never make it
    /// throw.</exception>
    public Task<WebhookReply> SendAsync(Callback callback, byte[] body, CancellationToken stopping) =>
        SendAsync(callback.Id, callback.Url, body, "application/json", stopping);

    /// <param name="id">What receivers know it by; the same for each attempt, and without a dot.</param>
    /// <param name="url">Whom to tell.</param>
    /// <param name="body">What; the same for each attempt.</param>
    /// <param name="type">The body's media type.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <inheritdoc cref="SendAsync(Callback, byte[], CancellationToken)"/>
    public async Task<WebhookReply> SendAsync(string id, string url, byte[] body, string type, CancellationToken stopping) =>
        targets.Check(url, out var problem) is { } target
            ? await _webhooks.SendAsync(id, target, secrets.For(target.Uri), body, type, stopping).ConfigureAwait(false)
            : new WebhookReply.Forbidden(problem!);

    public void Dispose() => _webhooks.Dispose();
}
