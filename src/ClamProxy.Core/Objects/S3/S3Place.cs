using System.Text;
using System.Text.RegularExpressions;

namespace ClamProxy.Core.Objects.S3;

/// <summary>A bucket, and what the keys of our objects in it begin with.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Prefix">Ends with / unless it is empty.</param>
internal sealed partial record S3Place(string Bucket, string Prefix)
{
    /// <summary>What a STORAGE_URL looks like.</summary>
    public const string Takes = "takes s3://bucket or s3://bucket/prefix";

    private const string Scheme = "s3://";

    /// <summary>The longest key that S3 takes, in bytes of UTF-8.</summary>
    private const int MaxKeyBytes = 1024;

    /// <returns>Null: it is no such URL.</returns>
    public static S3Place? Parse(string url)
    {
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var rest = url[Scheme.Length..].TrimEnd('/');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (bucket, prefix) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        return IsBucket(bucket) && (prefix.Length == 0 || ObjectKey.IsPlain(prefix))
            ? new S3Place(bucket, prefix.Length == 0 ? "" : prefix + "/")
            : null;
    }

    /// <summary>Whether a bucket may have this name: AWS's rules, and the underscores and capitals of older buckets.</summary>
    public static bool IsBucket(string name) => BucketName().IsMatch(name);

    /// <summary>Whether a key may be in both.</summary>
    public bool Overlaps(S3Place other) =>
        Bucket == other.Bucket
        && (Prefix.StartsWith(other.Prefix, StringComparison.Ordinal) || other.Prefix.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>Whether a key of a bucket is here.</summary>
    public bool Has(string bucket, string key) => bucket == Bucket && key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <exception cref="S3Exception">A key that is no plain path, or too long.</exception>
    public string KeyOf(string key) => ObjectKey.IsPlain(key) && Encoding.UTF8.GetByteCount(Prefix + key) <= MaxKeyBytes
        ? Prefix + key
        : throw new S3Exception(S3Fault.Other, "a key that is no plain path, or longer than S3 takes");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]\z")]
    private static partial Regex BucketName();
}
