namespace ClamProxy.Core.Download;

/// <summary>
/// One attempt of a request: each begins at the first hop, and has a connection of its own where the one before lost a shared one.
/// </summary>
internal sealed class UpstreamAttempt(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly HttpRequestOptionsKey<Uri?> FirstHop = new("ClamProxy.FirstHop");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(FirstHop, out var first))
        {
            request.RequestUri = first;
        }
        else
        {
            request.Options.Set(FirstHop, request.RequestUri);
        }

        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (UpstreamFaults.Classify(exception) is { IsWithoutConnection: false })
        {
            // Another request on the same connection may be why, and may be sent again as this one is.
            request.Options.Set(UnsharedConnection.Wanted, true);
            throw;
        }
    }
}
