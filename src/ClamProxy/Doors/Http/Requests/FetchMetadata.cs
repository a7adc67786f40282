namespace ClamProxy.Doors.Http.Requests;

/// <summary>What browsers say of where a request comes from (W3C Fetch Metadata): no script can set or leave out these fields.</summary>
internal static class FetchMetadata
{
    /// <summary>
    /// Whether a page has asked, by a script or for a part of itself. A person who follows a link navigates, and can give a request no
    /// fields of their own; clients that are no browsers may send Sec-Fetch-Mode, but do not send Sec-Fetch-Site.
    /// </summary>
    public static bool IsOfAPage(IHeaderDictionary headers) =>
        headers["Sec-Fetch-Site"].ToString() is not ("" or "none") && headers["Sec-Fetch-Mode"] != "navigate";

    /// <summary>
    /// Whether a browser sends it because of a page: a form's request is a navigation too, and to hosts without TLS browsers send no
    /// Sec-Fetch-Site, but Origin with each request that is no GET. Clients that publish send neither.
    /// </summary>
    public static bool IsOfABrowser(IHeaderDictionary headers) =>
        headers.Origin.Count > 0 || headers["Sec-Fetch-Site"].ToString() is not ("" or "none");
}
