using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;

namespace ClamProxy.Core.Objects.S3;

/// <summary>The one place where clients of S3 are made, each for one store.</summary>
internal static class S3Clients
{
    private const string RoleSession = "clamproxy";
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="IOException">The AWS SDK finds no region.</exception>
    public static AmazonS3Client Open(S3Options options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.Addressing == S3Addressing.Path
                || (options.Addressing == S3Addressing.Auto && options.EndpointUrl.Length > 0),

            // Ceph and others answer 400 to the checksums that newer clients add of their own.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.Attempts - 1,
            Timeout = options.Timeout,
            ConnectTimeout = options.Timeout < s_connectTimeout ? options.Timeout : s_connectTimeout,
            IgnoreConfiguredEndpointUrls = true,
        };
        if (options.EndpointUrl.Length > 0)
        {
            config.ServiceURL = options.EndpointUrl;
            config.AuthenticationRegion = options.Region.Length > 0 ? options.Region : "us-east-1";
        }
        else if (options.Region.Length > 0)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        try
        {
            return KeysOf(options) is { } keys ? new AmazonS3Client(keys, config) : new AmazonS3Client(config);
        }
        catch (AmazonClientException e)
        {
            throw new IOException($"S3_REGION: {e.Message}", e);
        }
    }

    /// <returns>Null: what the AWS SDK finds.</returns>
    public static AWSCredentials? KeysOf(S3Options options)
    {
        var keys = AwsAccess.KeysOf(options.AccessKey, options.SecretKey);
        return options.AssumeRole.Length == 0
            ? keys
            : new AssumeRoleAWSCredentials(
                keys ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(), options.AssumeRole, RoleSession);
    }
}
