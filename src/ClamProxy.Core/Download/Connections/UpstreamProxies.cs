using System.Net;

namespace ClamProxy.Core.Download.Connections;

/// <summary>Which upstream is asked through which proxy: one for all, or as the common variables of the environment say.</summary>
public sealed class UpstreamProxies : IWebProxy
{
    private const string OfEnvironment = "environment";

    private readonly UpstreamProxy? _forHttp;
    private readonly UpstreamProxy? _forHttps;
    private readonly NoProxyList _direct;

    public UpstreamProxies(DownloadOptions options)
        : this(options, Environment.GetEnvironmentVariable)
    {
    }

    internal UpstreamProxies(DownloadOptions options, Func<string, string?> variable)
    {
        if (IsOfEnvironment(options.Proxy))
        {
            _forHttp = Parse(Value(variable, "http_proxy") ?? Value(variable, "all_proxy"));
            _forHttps = Parse(Value(variable, "https_proxy") ?? Value(variable, "all_proxy"));
            _direct = new NoProxyList([.. options.NoProxy, .. (Value(variable, "no_proxy") ?? "").Split(',')]);
        }
        else
        {
            _forHttp = _forHttps = Parse(options.Proxy);
            _direct = new NoProxyList(options.NoProxy);
        }

        Credentials = new ProxyCredentials([_forHttp, _forHttps]);
    }

    /// <summary>What proxies are told that ask for it.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>The proxy for a URL; null: its server is asked directly.</summary>
    internal UpstreamProxy? For(Uri uri) =>
        (uri.Scheme == Uri.UriSchemeHttps ? _forHttps : _forHttp) is { } proxy && !_direct.Contains(uri) ? proxy : null;

    Uri? IWebProxy.GetProxy(Uri destination) => For(destination)?.Address;

    bool IWebProxy.IsBypassed(Uri host) => For(host) is null;

    internal static bool IsOfEnvironment(string? proxy) => OfEnvironment.Equals(proxy, StringComparison.OrdinalIgnoreCase);

    /// <summary>A variable by its lower-case or its upper-case name.</summary>
    private static string? Value(Func<string, string?> variable, string name) =>
        new[] { variable(name), variable(name.ToUpperInvariant()) }.FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))?.Trim();

    private static UpstreamProxy? Parse(string? text) =>
        text is null ? null : UpstreamProxy.Parse(text) ?? throw new FormatException("A proxy's address is wrong.");

    private sealed class ProxyCredentials(UpstreamProxy?[] proxies) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) =>
            Array.Find(proxies, proxy => proxy?.Address.Authority == uri.Authority)?.Credential;
    }
}
