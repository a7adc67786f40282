using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets.Sns;

/// <summary>Where the topics of notices are, and with whose keys they are asked.</summary>
public sealed class SnsOptions : ISettings
{
    private const string UrlTakes = "takes an http or https URL of scheme, host and port, such as http://localstack:4566";
    private const string KeysTake = "takes a key; SNS_ACCESS_KEY and SNS_SECRET_KEY are set together, or neither is";

    public static string Section => "Sns";

    /// <summary>The URL of what speaks SNS. Default: unset, AWS in the topic's region.</summary>
    [Setting(UrlTakes, Variable = "SNS_ENDPOINT_URL", Alias = "AWS_SNS_ENDPOINT_URL")]
    public string EndpointUrl { get; init; } = "";

    /// <summary>Default: unset, as S3_ACCESS_KEY.</summary>
    [Setting(KeysTake, Variable = "SNS_ACCESS_KEY", Alias = "AWS_SNS_ACCESS_KEY_ID", Secret = true)]
    public string AccessKey { get; init; } = "";

    /// <summary>Default: unset, as S3_SECRET_KEY. A secret: never logged or shown.</summary>
    [Setting(KeysTake, Variable = "SNS_SECRET_KEY", Alias = "AWS_SNS_SECRET_ACCESS_KEY", Secret = true)]
    public string SecretKey { get; init; } = "";

    /// <summary>How long one notice may take. Default: 10 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:10:00", Min = 0.1, Max = 600)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public IEnumerable<SettingProblem> Problems() => AwsAccess.Problems(EndpointUrl, AccessKey, SecretKey, UrlTakes, KeysTake);
}
