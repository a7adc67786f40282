using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Names;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Webhooks;

/// <summary>Where messages may go: the guard of upstreams with a list of its own. Without a list, any public host by https.</summary>
internal sealed class WebhookGuard
{
    private readonly string _whose;
    private readonly string _variable;

    /// <param name="listed">What ALLOWED_UPSTREAMS takes; empty: no list.</param>
    /// <param name="whose">What problems call the server, such as <c>callback's server</c>.</param>
    /// <param name="variable">The variable of the list.</param>
    /// <param name="names">Looks names up.</param>
    /// <param name="proxies">The proxies that lead to servers.</param>
    /// <param name="log">For what is forbidden.</param>
    public WebhookGuard(
        IReadOnlyList<string> listed,
        string whose,
        string variable,
        NameResolver names,
        UpstreamProxies proxies,
        ILogger<UpstreamGuard> log)
    {
        (_whose, _variable) = (whose, variable);
        var allowed = new AllowedUpstreams(listed);
        IsListed = allowed.IsList;
        Addresses = new UpstreamGuard(allowed, whose, variable, names, proxies, log);
    }

    /// <summary>Whether only what is listed is allowed.</summary>
    public bool IsListed { get; }

    /// <summary>Judges addresses when a connection is made.</summary>
    public UpstreamGuard Addresses { get; }

    /// <summary>Judges what can be judged without a look-up of the name.</summary>
    /// <returns>One sentence; null: it is allowed so far.</returns>
    public string? ProblemOf(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !IsListed)
        {
            return $"http is for hosts in {_variable} only.";
        }

        if (Addresses.CheckName(uri) is { } forbidden)
        {
            return forbidden.Detail;
        }

        return !IsListed && !HostName.TryLiteral(uri.IdnHost, out _) && !HostName.LooksPublic(uri.IdnHost)
            ? $"The {_whose} {uri.IdnHost} is not allowed: it must be a public host, or be listed in {_variable}."
            : null;
    }
}
