using System.Net;
using System.Text;

namespace ClamProxy.Core.Download.Connections;

/// <summary>A proxy of the operator's that upstreams are asked through.</summary>
/// <param name="Address">Its scheme, host and port; no user-info.</param>
/// <param name="Credential">Who we are to it; null: nobody in particular.</param>
internal sealed record UpstreamProxy(Uri Address, NetworkCredential? Credential)
{
    /// <summary>What Proxy-Authorization says of a request without a tunnel; null: nothing.</summary>
    public string? Authorization { get; } = Credential is null
        ? null
        : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Credential.UserName}:{Credential.Password}"))}";

    /// <summary>Null: the text is no proxy's address.</summary>
    /// <param name="text"><c>http://[user:password@]host[:port]</c>; the scheme may be missing, as in HTTP_PROXY.</param>
    public static UpstreamProxy? Parse(string text)
    {
        var url = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme != Uri.UriSchemeHttp
            || uri.Host.Length == 0
            || uri.Port == 0
            || uri.PathAndQuery != "/"
            || uri.Fragment.Length > 0)
        {
            return null;
        }

        var parts = uri.UserInfo.Split(':', 2);
        return new(
            new UriBuilder(uri.Scheme, uri.Host, uri.Port).Uri,
            uri.UserInfo.Length == 0
                ? null
                : new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "")));
    }

    /// <summary>Never with its credential.</summary>
    public override string ToString() => Address.Authority;
}
