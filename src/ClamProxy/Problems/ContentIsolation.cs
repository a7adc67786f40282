namespace ClamProxy.Problems;

/// <summary>
/// Keeps what upstreams send from acting in a browser. To it all routes are one origin, so that a script of one upstream's page could ask
/// for another's content with the rights of a client that is trusted here.
/// </summary>
internal static class ContentIsolation
{
    public const string ResourcePolicy = "Cross-Origin-Resource-Policy";

    /// <summary>No scripts, forms or plug-ins, and an origin of its own; what a person clicks may be saved (CSP Level 3 §6.3.2).</summary>
    private const string Sandbox = "sandbox allow-downloads";

    public static void Set(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Sandbox;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers[ResourcePolicy] = "same-origin";
    }
}
