namespace ClamProxy.Core.Objects.S3;

/// <summary>What a failed call was about.</summary>
/// <param name="Store">Its host and port.</param>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Right">What the caller must be allowed to do, such as <c>s3:GetObject</c>.</param>
/// <param name="Timeout">How long one try may take.</param>
internal readonly record struct S3CallFacts(string Store, string Bucket, string Right, TimeSpan Timeout);
