using ClamProxy.Core.Download.Identity;

namespace ClamProxy.Core.Download;

/// <summary>
/// Has a request signed on its way to the origin that the signature is for. Where a redirect leads to another one, the request has no
/// identity any more.
/// </summary>
internal sealed class RequestSigning(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(UpstreamIdentity.Key, out var identity) && identity.Signer is { } signer)
        {
            await signer.SignAsync(request, cancellationToken).ConfigureAwait(false);
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
