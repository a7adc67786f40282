namespace ClamProxy.Core.Objects.S3;

/// <summary>What a caller must be allowed to do, as policies call it: it depends on whether a version is named.</summary>
internal static class S3Rights
{
    public static string Get(string? versionId) => Of("s3:GetObject", versionId);

    public static string Delete(string? versionId) => Of("s3:DeleteObject", versionId);

    public static string GetTags(string? versionId) => versionId is null ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging";

    public static string PutTags(string? versionId) => versionId is null ? "s3:PutObjectTagging" : "s3:PutObjectVersionTagging";

    private static string Of(string right, string? versionId) => versionId is null ? right : $"{right}Version";
}
