using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Webhooks;

/// <summary>Signs messages as Standard Webhooks 1.0.0 says: scheme v1, HMAC-SHA256.</summary>
internal static class WebhookSignature
{
    public const string Prefix = "whsec_";
    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    /// <returns>Null: it is no secret as Standard Webhooks writes them.</returns>
    public static byte[]? ParseSecret(string text)
    {
        var bytes = new byte[text.Length];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length)
            && length is >= LeastBytes and <= MostBytes
            ? bytes[..length]
            : null;
    }

    /// <summary>The value of <c>webhook-signature</c>: one signature for each secret, separated by spaces.</summary>
    /// <param name="secrets">At least one.</param>
    /// <param name="id">The value of <c>webhook-id</c>; without a dot.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>, in seconds of Unix time.</param>
    /// <param name="body">The bytes that are sent.</param>
    public static string Of(IEnumerable<byte[]> secrets, string id, long timestamp, ReadOnlyMemory<byte> body)
    {
        byte[] signed =
        [
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body.Span,
        ];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"));
    }
}
