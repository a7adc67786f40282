using Amazon.S3.Model;

namespace ClamProxy.Core.Objects.S3;

/// <summary>How an object of parts is made, beyond its bytes.</summary>
internal sealed record S3Terms
{
    /// <summary>In place of whatever the key has, with no fields of its own.</summary>
    public static S3Terms None { get; } = new();

    /// <summary>Sets type, fields, metadata and tags.</summary>
    public Action<InitiateMultipartUploadRequest> Describe { get; init; } = static _ => { };

    /// <summary>What the caller must be allowed to do.</summary>
    public string Right { get; init; } = "s3:PutObject";

    /// <summary>The ETag of the object that it may replace; null: see <see cref="IsNew"/>.</summary>
    public string? Replaces { get; init; }

    /// <summary>Whether the key must have no object yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>The value of If-None-Match (RFC 9110 §13.1.2); null: it is not sent.</summary>
    public string? IfNoneMatch => IsNew ? "*" : null;
}
