using ClamProxy.Connections;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// What lies between this process and the client: what it can be sent before the end of its answer is known depends on that.
/// </summary>
internal sealed class ClientCapabilities(ClientAddress client)
{
    /// <summary>In which a proxy in front says what its client speaks: nginx's <c>$server_protocol</c>.</summary>
    public const string Protocol = "Client-Protocol";

    private const string DownloadFrom = "Download-From";

    private static readonly string[] OfProxies = [Protocol, "Via", "Forwarded", "X-Real-IP", "X-Sendfile-Type"];

    // By each of them a transfer that breaks off can be told from a whole one (RFC 9112 §8, RFC 9113 §8.1.1, RFC 9114 §4.1).
    private static readonly string[] WithEnds = ["HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3", "HTTP/3.0"];

    // How they begin. Measured: pip 23, Python's http.client, curl 7.88, wget 1.21, npm 11, pnpm 10, yarn 1, .NET 10 and Java's
    // HttpURLConnection. Others fail at the first or a later 100: node's fetch (undici), Go, apt, Java's HttpClient.
    private static readonly string[] ThatCanNameASource = ["curl/", "Wget/", "python-requests/", "Python-urllib/"];
    private static readonly string[] ThatBearInterim =
        [
            .. ThatCanNameASource,
            "pip/",
            "npm/",
            "yarn/1.",
            "pnpm/8.",
            "pnpm/9.",
            "pnpm/10.",
            "NuGet .NET Core MSBuild Task/",
            "NuGet xplat/",
            "Java/"];

    /// <summary>
    /// Whether the client, wherever it is, sees that a transfer broke off. HTTP/1.0 ends a body of unknown length as it ends a broken one,
    /// and caches in between have kept the beginnings of files for that. A proxy that does not say what its client speaks might have such a
    /// client.
    /// </summary>
    public bool ShowsBrokenTransfers(HttpContext context)
    {
        var said = context.Request.Headers[Protocol];
        return !HttpProtocol.IsHttp10(context.Request.Protocol)
            && (said.Count == 0 ? !IsForwarded(context) : said is [{ } one] && WithEnds.Contains(one));
    }

    /// <summary>
    /// Whether interim responses reach the client and are supported by it (docs/decisions/0038). Only of one that asks directly: nginx
    /// passes the first one on as the final answer. And only in HTTP/1.1, for a request without a body, so that nothing else is on its way
    /// to the client.
    /// </summary>
    public bool BearsInterim(HttpContext context)
    {
        var (request, agent) = (context.Request, context.Request.Headers.UserAgent.ToString());
        return HttpProtocol.IsHttp11(request.Protocol)
            && HttpMethods.IsGet(request.Method)
            && request.ContentLength is null or 0
            && request.Headers.TransferEncoding.Count + request.Headers.Expect.Count + request.Headers.Upgrade.Count == 0
            && BeginsWithOneOf(agent, ThatBearInterim)
            && (request.Headers[DownloadFrom].Count == 0 || BeginsWithOneOf(agent, ThatCanNameASource))
            && !IsForwarded(context);
    }

    private bool IsForwarded(HttpContext context) =>
        client.IsTrustedProxy(context)
        || HasOneOf(context.Request.Headers, OfProxies)
        // nginx as it is: it names the source, adds nothing else, and closes each connection. Clients that name one keep theirs.
        || (context.Request.Headers.ContainsKey(DownloadFrom) && HopByHop.EndsConnection(context.Request.Headers.Connection))
        || HasForwarded(context.Request.Headers);

    // Loops, and not LINQ: every request comes by here.
    private static bool HasOneOf(IHeaderDictionary headers, string[] names)
    {
        foreach (var name in names)
        {
            if (headers.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasForwarded(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool BeginsWithOneOf(string agent, string[] names)
    {
        foreach (var name in names)
        {
            if (agent.StartsWith(name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
