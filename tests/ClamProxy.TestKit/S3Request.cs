namespace ClamProxy.TestKit;

/// <summary>A request that passes a <see cref="S3Relay"/>.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Target">Path and query, as they were sent.</param>
/// <param name="IsCopy">Whether the store is to take the bytes from another object.</param>
public sealed record S3Request(string Method, string Target, bool IsCopy)
{
    /// <summary>The first segment of its path, where requests name buckets so.</summary>
    public string Bucket => Target.Split('/', '?')[1];

    /// <summary>What it asks for, as the S3 API calls it.</summary>
    public string Operation => (Method, Target) switch
    {
        _ when Has("tagging") => Method == "GET" ? "GetObjectTagging" : "PutObjectTagging",
        _ when Has("uploads") => "CreateMultipartUpload",
        ("POST", _) when Has("uploadId") => "CompleteMultipartUpload",
        ("DELETE", _) when Has("uploadId") => "AbortMultipartUpload",
        _ when Has("uploadId") => IsCopy ? "UploadPartCopy" : "UploadPart",
        ("HEAD", _) => "HeadObject",
        ("GET", _) => "GetObject",
        ("PUT", _) => IsCopy ? "CopyObject" : "PutObject",
        ("DELETE", _) => "DeleteObject",
        _ => Method,
    };

    private bool Has(string name) =>
        Target.Contains($"?{name}", StringComparison.Ordinal) || Target.Contains($"&{name}", StringComparison.Ordinal);
}
