using System.Diagnostics;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Objects.S3;

/// <summary>Signs downloads of objects. Nothing else is signed: whoever may read through a route writes nothing with its keys.</summary>
internal sealed class S3Signer(S3Options options, string region, TimeProvider clock) : IRequestSigner
{
    private const string Reserved = "x-amz-";
    private const string HashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly Lazy<AWSCredentials> _keys = new(
        () => S3Clients.KeysOf(options) ?? DefaultAWSCredentialsIdentityResolver.GetCredentials());

    public string Field => "Authorization";

    public async Task SignAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var name in request.Headers.NonValidated.Select(field => field.Key).Where(IsOurs).ToList())
        {
            request.Headers.Remove(name);
        }

        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
        {
            return;
        }

        var url = request.RequestUri ?? throw new UnreachableException();
        var signature = new AwsSignature("s3", region, await KeysAsync(cancellationToken).ConfigureAwait(false), clock.GetUtcNow());
        var signed = new Dictionary<string, string> { ["host"] = url.Authority, ["x-amz-content-sha256"] = HashOfNothing };
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", HashOfNothing);
        foreach (var (name, value) in signature.Sign(request.Method.Method, url.AbsolutePath, signed, HashOfNothing))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    // The signature has to cover all fields of S3's own.
    private bool IsOurs(string name) =>
        name.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase) || name.Equals(Field, StringComparison.OrdinalIgnoreCase);

    private async Task<ImmutableCredentials> KeysAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _keys.Value.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonClientException e)
        {
            throw new UpstreamException(new Failure(
                FailureReason.UpstreamUnreachable, "There are no keys for the bucket of this route (S3_ACCESS_KEY, or a role).", e));
        }
    }
}
