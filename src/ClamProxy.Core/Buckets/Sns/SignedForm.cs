using System.Security.Cryptography;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets.Sns;

/// <summary>A form that is posted to a service of AWS.</summary>
internal static class SignedForm
{
    private const string Type = "application/x-www-form-urlencoded";

    /// <param name="url">Of the service; its path is /.</param>
    public static async Task<HttpRequestMessage> PostAsync(
        Uri url, IReadOnlyDictionary<string, string> fields, AwsSignature signature)
    {
        using var form = new FormUrlEncodedContent(fields);
        var body = await form.ReadAsByteArrayAsync().ConfigureAwait(false);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Type);
        var signed = new Dictionary<string, string> { ["content-type"] = Type, ["host"] = url.Authority };
        foreach (var (name, value) in signature.Sign("POST", "/", signed, Convert.ToHexStringLower(SHA256.HashData(body))))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
