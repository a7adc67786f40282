namespace ClamProxy.Core.Objects.S3;

/// <summary>Where a request to S3 names its bucket.</summary>
public enum S3Addressing
{
    /// <summary>In the path where S3_ENDPOINT_URL is set, in the host where it is not.</summary>
    Auto = 0,

    /// <summary>In the path: <c>https://store/bucket/key</c>. Ceph, MinIO and others take this always.</summary>
    Path,

    /// <summary>In the host: <c>https://bucket.store/key</c>. AWS wants this for new buckets.</summary>
    Host,
}
