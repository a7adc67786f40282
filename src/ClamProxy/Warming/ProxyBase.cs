using System.Text;
using ClamProxy.Core.Download;

namespace ClamProxy.Warming;

/// <summary>Where ClamProxy is asked.</summary>
/// <param name="Text">Such as <c>http://127.0.0.1:8080</c>: without a trailing slash and without user-info.</param>
/// <param name="Credential">What Proxy-Authorization says, from the URL's user-info; null: nothing.</param>
internal sealed record ProxyBase(string Text, string? Credential)
{
    /// <returns>Null where it is no absolute http or https URL, or one with a query.</returns>
    public static ProxyBase? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !WebUrl.Is(url))
        {
            return null;
        }

        var text = $"{uri.Scheme}://{uri.Authority}{uri.PathAndQuery}{uri.Fragment}".TrimEnd('/');
        var credential = uri.UserInfo.Length == 0
            ? null
            : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo)));
        return Target.TryCreate(text, "/", out _) is null ? null : new(text, credential);
    }

    /// <summary>The path of a URL that leads here; null where it leads elsewhere.</summary>
    public string? PathOf(string url) => url.StartsWith(Text + "/", StringComparison.OrdinalIgnoreCase) ? url[Text.Length..] : null;

    /// <summary>
    /// Where a link of a page leads. A page that was rewritten links to this ClamProxy, under whatever public name: that is a path. One
    /// that was not links to upstream, which is asked for by its URL.
    /// </summary>
    /// <param name="page">The page's own path here.</param>
    /// <param name="routes">The routes that its links may lead to.</param>
    public string LocationOf(string page, string link, params ReadOnlySpan<string> routes)
    {
        var url = Target.TryCreate(Text, page, out _)?.TryRedirect(link, out _)?.Text ?? link;
        return PathOf(url) ?? Routes.Find(url, routes) ?? url;
    }

    // Its credential stays out of whatever prints it.
    public override string ToString() => Text;
}
