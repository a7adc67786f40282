using Amazon.Runtime;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Objects.S3;

/// <summary>Where a service of AWS, or one that speaks as it does, is found, and with whose keys it is asked: what their settings share.
/// </summary>
internal static class AwsAccess
{
    private const string EndpointUrl = nameof(S3Options.EndpointUrl);
    private const string AccessKey = nameof(S3Options.AccessKey);
    private const string SecretKey = nameof(S3Options.SecretKey);

    /// <summary>What is wrong with the settings of these names.</summary>
    /// <param name="urlTakes">What EndpointUrl takes.</param>
    /// <param name="keysTake">What AccessKey and SecretKey take.</param>
    public static IEnumerable<SettingProblem> Problems(
        string endpointUrl, string accessKey, string secretKey, string urlTakes, string keysTake)
    {
        var isUrl = Uri.TryCreate(endpointUrl, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", AbsolutePath: "/" };
        if (endpointUrl.Length > 0 && (!isUrl || url!.UserInfo.Length + url.Query.Length + url.Fragment.Length > 0))
        {
            yield return new(EndpointUrl, endpointUrl, urlTakes);
        }

        if (accessKey.Length > 0 != secretKey.Length > 0)
        {
            yield return new(accessKey.Length > 0 ? SecretKey : AccessKey, "", keysTake);
        }
    }

    /// <returns>Null: none are set.</returns>
    public static AWSCredentials? KeysOf(string accessKey, string secretKey) =>
        accessKey.Length > 0 ? new BasicAWSCredentials(accessKey, secretKey) : null;
}
