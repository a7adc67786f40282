using ClamProxy.Access;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Presets;

namespace ClamProxy.Clients;

/// <summary>What clients have to be told, for the routes that are configured; which lines those are is the presets' to say.</summary>
/// <param name="routes">The routes in use, by name.</param>
/// <param name="publicUrl">Where clients reach the proxy; a trailing slash does not matter.</param>
/// <param name="credentials">Those of the proxy (PROXY_CREDENTIALS).</param>
internal sealed class ClientSnippets(
    IReadOnlyDictionary<string, ProxyRouteOptions> routes, Uri publicUrl, IReadOnlyList<Credential> credentials)
{
    private const string UpstreamHost = ".upstream-host";
    private const string Authority = ".authority";

    // npm and yarn put the variable's value in its place.
    private const string Token = "${CLAMPROXY_TOKEN}";

    /// <summary>One text for each client, and one for each route that no preset knows; none where there is no route.</summary>
    public IReadOnlyList<string> All() =>
    [
        .. PresetCatalog.All.Values.SelectMany(preset => preset.Clients).Where(IsInUse).Select(Text),
        .. routes.Where(route => !PresetCatalog.All.Values.Any(preset => preset.Routes.ContainsKey(route.Key))).Select(OfOwnRoute),
    ];

    private bool IsInUse(PresetSnippet snippet) => snippet.Lines.SelectMany(PresetText.Names).Any(routes.ContainsKey);

    private string Text(PresetSnippet snippet) =>
        Text(snippet.For, snippet.Lines.Select(line => PresetText.Fill(line, Meaning)).OfType<string>());

    private string OfOwnRoute(KeyValuePair<string, ProxyRouteOptions> route) => Text(
        $"route {route.Key}", [$"curl -fO {UrlOf(route.Value)}/some/file", $"wget {UrlOf(route.Value)}/some/file"]);

    private static string Text(string heading, IEnumerable<string> lines) => string.Join('\n', lines.Prepend($"#### {heading}"));

    private string? Meaning(string name) => name switch
    {
        "host" => publicUrl.Host,
        "http" => IsPlain ? "" : null,
        "https" => IsPlain ? null : "",
        "credentials" => credentials.Count > 0 ? "" : null,
        "token" => credentials.Any(one => one.Salt is null) ? Token : null,
        "insecure" => IsPlain ? "true" : "false",
        _ when routes.TryGetValue(name, out var route) => UrlOf(route),
        _ when name.EndsWith(Authority, StringComparison.Ordinal) && routes.TryGetValue(name[..^Authority.Length], out var route) =>
            UrlOf(route)[(publicUrl.Scheme.Length + 1)..],
        _ when name.EndsWith(UpstreamHost, StringComparison.Ordinal) && routes.TryGetValue(name[..^UpstreamHost.Length], out var route) =>
            HostOf(route),
        _ => null,
    };

    private bool IsPlain => publicUrl.Scheme == Uri.UriSchemeHttp;

    private string UrlOf(ProxyRouteOptions route) => publicUrl.AbsoluteUri.TrimEnd('/') + route.Prefix;

    private static string? HostOf(ProxyRouteOptions route) =>
        Uri.TryCreate(route.BaseUrl, UriKind.Absolute, out var upstream) ? upstream.Host : null;
}
