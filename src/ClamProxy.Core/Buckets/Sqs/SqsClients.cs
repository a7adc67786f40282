using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets.Sqs;

/// <summary>The one place where clients of SQS are made, each for one queue.</summary>
internal static partial class SqsClients
{
    private const int Retries = 2;

    /// <summary>Whether this is a queue's name or URL.</summary>
    public static bool IsQueue(string queue) =>
        QueueName().IsMatch(queue)
        || (UrlOf(queue) is { UserInfo: "", Query: "", Fragment: "" } url && url.AbsolutePath.Trim('/').Length > 0);

    /// <summary>Whether it is named by its URL.</summary>
    public static bool IsUrl(string queue) => UrlOf(queue) is not null;

    /// <exception cref="IOException">The AWS SDK finds no region.</exception>
    public static AmazonSQSClient Open(string queue, SqsOptions options, S3Options s3)
    {
        var config = new AmazonSQSConfig
        {
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = Retries,
            Timeout = options.WaitTime + options.Timeout,
            ConnectTimeout = options.Timeout,
            IgnoreConfiguredEndpointUrls = true,
        };
        var (endpoint, region) = (EndpointOf(queue, options), RegionOf(queue, options, s3));
        if (endpoint is not null)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region ?? "us-east-1";
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        try
        {
            return (AwsAccess.KeysOf(options.AccessKey, options.SecretKey) ?? S3Clients.KeysOf(s3)) is { } keys
                ? new AmazonSQSClient(keys, config)
                : new AmazonSQSClient(config);
        }
        catch (AmazonClientException e)
        {
            throw new IOException($"SQS_REGION: {e.Message}", e);
        }
    }

    private static string? EndpointOf(string queue, SqsOptions options) =>
        options.EndpointUrl.Length > 0 ? options.EndpointUrl : UrlOf(queue)?.GetLeftPart(UriPartial.Authority);

    private static string? RegionOf(string queue, SqsOptions options, S3Options s3) =>
        options.Region.Length > 0 ? options.Region
        : UrlOf(queue) is { } url && AwsHost().Match(url.Host) is { Success: true } aws ? aws.Groups[1].Value
        : s3.Region.Length > 0 ? s3.Region
        : null;

    private static Uri? UrlOf(string queue) =>
        Uri.TryCreate(queue, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,80}(\.fifo)?\z")]
    private static partial Regex QueueName();

    [GeneratedRegex(@"\Asqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\z")]
    private static partial Regex AwsHost();
}
