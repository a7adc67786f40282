using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// Signature Version 4 of one request to a service of AWS (AWS IAM user guide, "Create a signed AWS API request").
/// </summary>
/// <param name="Service">The service's name in signatures, such as <c>s3</c>.</param>
/// <param name="Region">Such as <c>eu-west-3</c>.</param>
/// <param name="Keys">Who signs.</param>
/// <param name="Now">The server takes it for 15 minutes.</param>
internal sealed record AwsSignature(string Service, string Region, ImmutableCredentials Keys, DateTimeOffset Now)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private string Time => Now.UtcDateTime.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);

    /// <summary>The header fields that the signature adds, by their names in lower case.</summary>
    /// <param name="method">Such as <c>GET</c>.</param>
    /// <param name="path">As it is sent, each byte percent-encoded that is not unreserved (RFC 3986 §2.3); there is no query.</param>
    /// <param name="fields">
    /// The fields that are signed, by their names in lower case: <c>host</c> at least, and all that begin with <c>x-amz-</c>.
    /// </param>
    /// <param name="payload">The body's SHA-256 in hex.</param>
    public IReadOnlyDictionary<string, string> Sign(
        string method, string path, IReadOnlyDictionary<string, string> fields, string payload)
    {
        var time = Time;
        var added = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["x-amz-date"] = time };
        if (Keys.UseToken)
        {
            added["x-amz-security-token"] = Keys.Token;
        }

        var signed = new SortedDictionary<string, string>(added, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            signed[name] = value;
        }

        var names = string.Join(';', signed.Keys);
        var lines = string.Concat(signed.Select(field => $"{field.Key}:{field.Value}\n"));
        var scope = $"{time[..8]}/{Region}/{Service}/aws4_request";
        var text = $"{Algorithm}\n{time}\n{scope}\n{HexOfHash($"{method}\n{path}\n\n{lines}\n{names}\n{payload}")}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes($"AWS4{Keys.SecretKey}"), Hmac);
        var signature = Convert.ToHexStringLower(Hmac(key, text));
        added["authorization"] = $"{Algorithm} Credential={Keys.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}";
        return added;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string HexOfHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
