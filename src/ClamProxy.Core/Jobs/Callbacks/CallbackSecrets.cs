using ClamProxy.Core.Download;
using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>Which secrets sign what goes to a host: its own, where it has any, else those of all hosts.</summary>
internal sealed class CallbackSecrets(CallbackOptions options)
{
    private readonly List<(string Host, byte[] Secret)> _all = [.. options.Secrets.Select(Parse).OfType<(string, byte[])>()];

    /// <returns>Null: it is no secret. A secret of all hosts has an empty one.</returns>
    public static (string Host, byte[] Secret)? Parse(string text)
    {
        // The secret may end with = itself, as base64 does.
        var end = text.IndexOf('=', StringComparison.Ordinal);
        var secret = text.IndexOf(WebhookSignature.Prefix, StringComparison.Ordinal);
        var host = end >= 0 && end < secret ? HostName.Normalise(text[..end]) : "";
        return (host.Length == 0 ? secret == 0 : secret == end + 1) && WebhookSignature.ParseSecret(text[secret..]) is { } bytes
            ? (host, bytes)
            : null;
    }

    public IReadOnlyList<byte[]> For(Uri uri)
    {
        var own = Of(HostName.Normalise(uri.IdnHost));
        return own.Count > 0 ? own : Of("");
    }

    private List<byte[]> Of(string host) => [.. _all.Where(entry => entry.Host == host).Select(entry => entry.Secret)];
}
