namespace ClamProxy.Access;

/// <summary>
/// Keeps pages of other sites from asking with the browser of a person who may: this machine is let in without credentials, and browsers
/// send Basic credentials by themselves. Browsers say where a request comes from, and no script can change that: in
/// Sec-Fetch-Site (W3C Fetch Metadata, to https and to this machine only) and in Origin (RFC 6454, at least with POST and DELETE).
/// </summary>
internal static class ForeignPage
{
    /// <summary>Whether a page of another site has made a request.</summary>
    /// <param name="isLocal">The client is on this machine, and that is why it is let in: it calls this machine by no name that somebody
    /// else's name server may have led here.</param>
    public static bool HasMade(HttpRequest request, bool isLocal)
    {
        var headers = request.Headers;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var site = headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            // A person who follows a link from elsewhere gets to see its answer, and the page with the link does not.
            return site is not ("same-origin" or "none") && !(isRead && headers["Sec-Fetch-Mode"] == "navigate");
        }

        return headers.Origin.Count > 0 && !IsOwn(request, isLocal);
    }

    private static bool IsOwn(HttpRequest request, bool isLocal) =>
        request.Headers.Origin is [{ } origin]
        && Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && page.Authority.Equals(Authority(request.Host, page), StringComparison.OrdinalIgnoreCase)
        && (!isLocal || page.IsLoopback || page.HostNameType != UriHostNameType.Dns);

    /// <summary>The Host field as a URL has it: without the port where that is the scheme's own.</summary>
    private static string? Authority(HostString host, Uri page) =>
        Uri.TryCreate($"{page.Scheme}://{host.Value}", UriKind.Absolute, out var own) ? own.Authority : null;
}
