using System.Text;
using Amazon.Runtime;
using Amazon.S3.Model;
using ClamProxy.Core.Download.Identity;

namespace ClamProxy.Core.Objects.S3;

/// <summary>A place in a bucket that objects are downloaded from by their URLs, as from any other server.</summary>
public sealed class S3Upstream
{
    private const string Unreserved = "-._~";

    private readonly bool _isWholeBucket;

    private S3Upstream(S3Place place, string bucket, S3Signer signer)
    {
        _isWholeBucket = place.Prefix.Length == 0;
        Url = $"{bucket.TrimEnd('/')}/{Encoded(place.Prefix)}";
        Identity = new UpstreamIdentity("s3", signer);
    }

    /// <summary>The http or https URL that the objects' paths are appended to; it ends with a slash.</summary>
    public string Url { get; }

    /// <summary>As whom the store is asked.</summary>
    public UpstreamIdentity Identity { get; }

    /// <summary>Whether a URL names a bucket.</summary>
    public static bool IsBucket(string url) => S3Place.Parse(url) is not null;

    /// <summary>Asks nobody.</summary>
    /// <param name="url"><c>s3://bucket</c> or <c>s3://bucket/prefix</c>.</param>
    /// <param name="options">The store.</param>
    /// <param name="clock">The time that signatures hold.</param>
    /// <exception cref="IOException">The AWS SDK finds no region.</exception>
    public static S3Upstream Open(string url, S3Options options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        var place = S3Place.Parse(url) ?? throw new ArgumentException(S3Place.Takes, nameof(url));
        using var client = S3Clients.Open(options);
        var region = client.Config.AuthenticationRegion ?? client.Config.RegionEndpoint.SystemName;
        try
        {
            var endpoint = client.DetermineServiceOperationEndpoint(new GetObjectRequest { BucketName = place.Bucket, Key = "key" });
            return new S3Upstream(place, endpoint.URL, new S3Signer(options, region, clock));
        }
        catch (AmazonClientException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>
    /// The path of one object, encoded as S3 signs it. A query is left out: it would ask for lists, rights or tags, with the keys of this
    /// route.
    /// </summary>
    /// <param name="pathAndQuery">The raw path behind the route's prefix, with its query; it begins with a slash.</param>
    /// <returns>Null: it names no object, but the bucket.</returns>
    public string? PathOf(string pathAndQuery)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var key = Decoded(query < 0 ? pathAndQuery[1..] : pathAndQuery[1..query]);
        return key.Length == 0 && _isWholeBucket ? null : $"/{Encoded(key)}";
    }

    private static string Encoded(string key) => Encoded(Encoding.UTF8.GetBytes(key));

    private static string Encoded(byte[] key)
    {
        var text = new StringBuilder(key.Length);
        foreach (var one in key)
        {
            var isPlain = char.IsAsciiLetterOrDigit((char)one) || Unreserved.Contains((char)one, StringComparison.Ordinal) || one == '/';
            text = isPlain ? text.Append((char)one) : text.Append('%').Append(Convert.ToHexString([one]));
        }

        return text.ToString();
    }

    // Bytes, for a name need not be UTF-8. A percent sign that encodes nothing stands for itself.
    private static byte[] Decoded(string path)
    {
        var bytes = new List<byte>(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2]))
            {
                bytes.Add(Convert.FromHexString(path.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(path, i, 1));
            }
        }

        return [.. bytes];
    }
}
