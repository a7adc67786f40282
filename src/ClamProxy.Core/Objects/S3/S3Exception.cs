namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// A call to S3 failed. Its message says what is missing or wrong in an operator's words, and holds no secret. What the AWS SDK threw is
/// not kept: its innermost exception says nothing, and logs show that one.
/// </summary>
internal sealed class S3Exception(S3Fault fault, string message) : IOException(message)
{
    public S3Fault Fault { get; } = fault;
}
