using System.Globalization;
using System.Net;
using ClamProxy.Connections;
using ClamProxy.Core.Download;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// By which URL clients reach this proxy: the links that it writes begin with it. It gets into bodies, so what a request says of it is
/// taken only if it can be nothing else than a scheme, a host, a port and a path.
/// </summary>
internal sealed class PublicBase(HttpDoorOptions options, ClientAddress client)
{
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string ForwardedPrefix = "X-Forwarded-Prefix";
    private const int MostCharacters = 512;

    /// <summary>The request fields that decide, where any of a trusted proxy's may.</summary>
    public static readonly string Fields = $"Forwarded, {ForwardedHost}, {ForwardedPrefix}, {ForwardedProto}";

    private readonly string? _configured = options.PublicUrl.Length == 0 ? null : LinkRules.WithoutLastSlash(options.PublicUrl);

    /// <summary>Whether it depends on more than the request's own URL.</summary>
    public bool DependsOnFields(HttpContext context) => _configured is null && client.IsTrustedProxy(context);

    /// <param name="wrong">Null, or one sentence: what the request says of it that cannot be.</param>
    /// <returns>An absolute URL without a slash at its end.</returns>
    public string? Of(HttpContext context, out string? wrong)
    {
        wrong = null;
        if (_configured is not null)
        {
            return _configured;
        }

        var (scheme, host, prefix) = Said(context);
        wrong = scheme.ToUpperInvariant() is not ("HTTP" or "HTTPS")
            ? "The scheme in X-Forwarded-Proto or Forwarded is neither http nor https."
            : !IsHost(host) ? "The Host, or the host in X-Forwarded-Host or Forwarded, is not a name or address with an optional port, "
                + "such as packages.example.org:8080."
            : !IsPrefix(prefix) ? "X-Forwarded-Prefix is not a path such as /packages."
            : null;
        return wrong is null ? $"{scheme.ToLowerInvariant()}://{host}{LinkRules.WithoutLastSlash(prefix)}" : null;
    }

    /// <summary>Whether a configured URL can stand in front of links.</summary>
    public static bool IsUrl(string url) =>
        url.Length <= MostCharacters && url.All(UrlText.IsPlain) && Target.TryCreate(url, "/", out _) is not null;

    /// <summary>
    /// What a trusted proxy in front says, else the request itself. Proxies put their own value last, and most set the X- fields: Forwarded
    /// counts where those are not there, since a proxy that sets the ones passes the other on as its client sent it.
    /// </summary>
    private (string Scheme, string Host, string Prefix) Said(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        if (!client.IsTrustedProxy(context))
        {
            return (request.Scheme, request.Host.Value ?? "", "");
        }

        var (host, proto) = (Last(headers[ForwardedHost].ToString()), Last(headers[ForwardedProto].ToString()));
        if (host.Length + proto.Length == 0)
        {
            var forwarded = Last(headers["Forwarded"].ToString());
            (host, proto) = (Member(forwarded, "host"), Member(forwarded, "proto"));
        }

        return (
            proto.Length > 0 ? proto : request.Scheme,
            host.Length > 0 ? host : request.Host.Value ?? "",
            Last(headers[ForwardedPrefix].ToString()));
    }

    private static string Last(string list) => list[(list.LastIndexOf(',') + 1)..].Trim();

    /// <summary>RFC 7239 §4.</summary>
    private static string Member(string element, string name) => element.Split(';')
        .Select(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(pair => pair[1].Length >= 2 && pair[1][0] == '"' && pair[1][^1] == '"' ? pair[1][1..^1] : pair[1])
        .FirstOrDefault("");

    private static bool IsHost(string host)
    {
        var end = host.StartsWith('[') ? host.IndexOf(']') + 1 : host.IndexOf(':') is var colon and >= 0 ? colon : host.Length;
        var (name, port) = (host[..end], host[end..]);
        var isName = name.StartsWith('[')
            ? IPAddress.TryParse(name, out _) && name.All(c => char.IsAsciiHexDigit(c) || c is '[' or ']' or ':' or '.')
            : name.Length is > 0 and <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        var isPort = port.Length == 0
            || (port[0] == ':'
                && ushort.TryParse(port.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0);
        return isName && isPort;
    }

    private static bool IsPrefix(string prefix) =>
        prefix.Length == 0 || (prefix.StartsWith('/') && prefix.Length <= MostCharacters && prefix.All(UrlText.IsPlain));
}
