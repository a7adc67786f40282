namespace ClamProxy.Core.Objects.S3;

/// <summary>A call to S3 failed. Its message says what is missing or wrong in an operator's words, and holds no secret.</summary>
internal sealed class S3Exception(S3Fault fault, string message, Exception? cause = null) : IOException(message, cause)
{
    public S3Fault Fault { get; } = fault;
}
