using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace ClamProxy.Core.Buckets.Sns;

/// <summary>
/// A form that is posted to a service of AWS, signed by Signature Version 4 (AWS IAM user guide, "Create a signed AWS API request").
/// </summary>
internal static class SignedForm
{
    private const string Type = "application/x-www-form-urlencoded";
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="url">Of the service; its path is /.</param>
    /// <param name="service">Its name in signatures, such as <c>sns</c>.</param>
    public static async Task<HttpRequestMessage> PostAsync(
        Uri url,
        IReadOnlyDictionary<string, string> fields,
        string service,
        string region,
        ImmutableCredentials keys,
        DateTimeOffset now)
    {
        using var form = new FormUrlEncodedContent(fields);
        var body = await form.ReadAsByteArrayAsync().ConfigureAwait(false);
        var time = now.UtcDateTime.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
        var token = keys.UseToken ? keys.Token : null;
        var signed = token is null ? "content-type;host;x-amz-date" : "content-type;host;x-amz-date;x-amz-security-token";
        var heads = $"content-type:{Type}\nhost:{url.Authority}\nx-amz-date:{time}\n"
            + (token is null ? "" : $"x-amz-security-token:{token}\n");
        var canonical = $"POST\n/\n\n{heads}\n{signed}\n{Hex(SHA256.HashData(body))}";
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var text = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = ((string[])[time[..8], region, service, "aws4_request"])
            .Aggregate(Encoding.UTF8.GetBytes($"AWS4{keys.SecretKey}"), Hmac);

        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Type);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", time);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{Algorithm} Credential={keys.AccessKey}/{scope}, SignedHeaders={signed}, Signature={Hex(Hmac(key, text))}");
        return request;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
