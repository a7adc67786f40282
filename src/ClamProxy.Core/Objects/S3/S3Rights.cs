namespace ClamProxy.Core.Objects.S3;

/// <summary>What a caller must be allowed to do, as policies call it: it depends on whether a version is named.</summary>
internal static class S3Rights
{
    public static string Get(string? versionId) => versionId is null ? "s3:GetObject" : "s3:GetObjectVersion";

    /// <summary>A store refuses to delete a locked version as if the right were missing.</summary>
    public static string Delete(string? versionId) =>
        versionId is null ? "s3:DeleteObject" : "s3:DeleteObjectVersion (or Object Lock keeps the version)";

    public static string GetTags(string? versionId) => versionId is null ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging";

    public static string PutTags(string? versionId) => versionId is null ? "s3:PutObjectTagging" : "s3:PutObjectVersionTagging";
}
