using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets.Sqs;

/// <summary>Where the queues of events are, and with whose keys they are asked.</summary>
public sealed class SqsOptions : ISettings
{
    private const string UrlTakes = "takes an http or https URL of scheme, host and port, such as http://localstack:4566";
    private const string KeysTake = "takes a key; SQS_ACCESS_KEY and SQS_SECRET_KEY are set together, or neither is";

    public static string Section => "Sqs";

    /// <summary>The URL of what speaks SQS. Default: unset, the host of a queue's URL, else AWS.</summary>
    [Setting(UrlTakes, Variable = "SQS_ENDPOINT_URL", Alias = "AWS_SQS_ENDPOINT_URL")]
    public string EndpointUrl { get; init; } = "";

    /// <summary>The region that requests are signed for. Default: unset, that of a queue's URL, else as S3_REGION.</summary>
    [Setting("takes a region's name, such as eu-west-3", Variable = "SQS_REGION", Alias = "AWS_SQS_REGION")]
    public string Region { get; init; } = "";

    /// <summary>Default: unset, as S3_ACCESS_KEY.</summary>
    [Setting(KeysTake, Variable = "SQS_ACCESS_KEY", Alias = "AWS_SQS_ACCESS_KEY_ID", Secret = true)]
    public string AccessKey { get; init; } = "";

    /// <summary>Default: unset, as S3_SECRET_KEY. A secret: never logged or shown.</summary>
    [Setting(KeysTake, Variable = "SQS_SECRET_KEY", Alias = "AWS_SQS_SECRET_ACCESS_KEY", Secret = true)]
    public string SecretKey { get; init; } = "";

    /// <summary>How long a queue that has no message waits for one before it answers so. Default: 20 s, the most of SQS.</summary>
    [Setting("takes a time from 0 to 20 seconds", Min = 0, Max = 20)]
    public TimeSpan WaitTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one call may take, beyond that wait. Default: 10 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:10:00", Min = 0.1, Max = 600)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public IEnumerable<SettingProblem> Problems() => AwsAccess.Problems(EndpointUrl, AccessKey, SecretKey, UrlTakes, KeysTake);
}
