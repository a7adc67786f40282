using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets.Sns;

/// <summary>One topic that notices are sent to.</summary>
internal sealed class SnsTopic : IDisposable
{
    private readonly TopicArn _arn;
    private readonly Uri _url;
    private readonly SnsOptions _options;
    private readonly Lazy<AWSCredentials> _keys;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public SnsTopic(TopicArn arn, SnsOptions options, S3Options s3, TimeProvider clock)
    {
        (_arn, _options, _clock) = (arn, options, clock);
        _keys = new(() => AwsAccess.KeysOf(options.AccessKey, options.SecretKey)
            ?? S3Clients.KeysOf(s3) ?? DefaultAWSCredentialsIdentityResolver.GetCredentials());
        _url = Uri.TryCreate(options.EndpointUrl, UriKind.Absolute, out var url)
            ? url
            : new UriBuilder(Uri.UriSchemeHttps, arn.Host).Uri;
    }

    /// <param name="message">A JSON object of texts: <c>default</c>, and others by the protocol of a subscription.</param>
    /// <exception cref="SnsException">The topic did not take it.</exception>
    public async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var keys = await _keys.Value.GetCredentialsAsync().WaitAsync(either.Token).ConfigureAwait(false);
            var fields = new Dictionary<string, string>
            {
                ["Action"] = "Publish",
                ["Version"] = "2010-03-31",
                ["TopicArn"] = _arn.Text,
                ["MessageStructure"] = "json",
                ["Message"] = message,
            };
            var signature = new AwsSignature("sns", _arn.Region, keys, _clock.GetUtcNow());
            using var request = await SignedForm.PostAsync(_url, fields, signature).ConfigureAwait(false);
            using var answer = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new SnsException(
                    $"topic {_arn.Text} answered {(int)answer.StatusCode}: is it there, and is there the right sns:Publish?");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException and not SnsException or AmazonClientException)
        {
            throw new SnsException($"topic {_arn.Text} cannot be reached: {e.GetBaseException().Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SnsException($"topic {_arn.Text} did not answer in time (ClamProxy:Sns:Timeout)");
        }
    }

    public void Dispose() => _http.Dispose();
}
