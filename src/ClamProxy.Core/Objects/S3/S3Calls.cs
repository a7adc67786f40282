using Amazon.S3;

namespace ClamProxy.Core.Objects.S3;

/// <summary>Calls to one bucket: each with a deadline for all of its tries, and with its failures in words.</summary>
internal sealed class S3Calls(IAmazonS3 client, S3Options options, string bucket, TimeProvider clock) : IDisposable
{
    public string Bucket => bucket;

    /// <summary>How long one try may take, or a silence inside an answer.</summary>
    public TimeSpan Timeout => options.Timeout;

    public int Attempts => options.Attempts;

    public TimeProvider Clock => clock;

    /// <param name="right">What the caller must be allowed to do, as policies call it, such as <c>s3:GetObject</c>.</param>
    /// <exception cref="S3Exception">It failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<T> RunAsync<T>(
        string right, Func<IAmazonS3, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Timeout * options.Attempts, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await call(client, any.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(e, right);
        }
    }

    /// <summary>What a failure means, in an operator's words.</summary>
    public S3Exception Failed(Exception cause, string right) =>
        cause as S3Exception ?? S3Faults.Of(cause, new S3CallFacts(options.Name, bucket, right, options.Timeout));

    public void Dispose() => client.Dispose();
}
