using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Objects.S3;

/// <summary>One store that speaks S3: where it is, with whose keys it is asked, and how.</summary>
public sealed class S3Options : ISettings
{
    private const string UrlTakes = "takes an http or https URL of scheme, host and port, such as http://minio:9000";
    private const string KeysTake = "takes a key; S3_ACCESS_KEY and S3_SECRET_KEY are set together, or neither is";

    public static string Section => "S3";

    /// <summary>The store's URL. Default: unset, AWS.</summary>
    [Setting(UrlTakes, Variable = "S3_ENDPOINT_URL", Alias = "AWS_S3_ENDPOINT_URL")]
    public string EndpointUrl { get; init; } = "";

    /// <summary>The region that requests are signed for. Default: unset, us-east-1 with EndpointUrl, else what the AWS SDK finds.</summary>
    [Setting("takes a region's name, such as eu-west-3", Variable = "S3_REGION", Alias = "AWS_S3_REGION")]
    public string Region { get; init; } = "";

    /// <summary>Default: unset, the AWS SDK's chain: AWS_ variables, profile, the role of container or machine.</summary>
    [Setting(KeysTake, Variable = "S3_ACCESS_KEY", Alias = "AWS_S3_ACCESS_KEY_ID", Secret = true)]
    public string AccessKey { get; init; } = "";

    /// <summary>Default: unset. A secret: never logged or shown.</summary>
    [Setting(KeysTake, Variable = "S3_SECRET_KEY", Alias = "AWS_S3_SECRET_ACCESS_KEY", Secret = true)]
    public string SecretKey { get; init; } = "";

    /// <summary>
    /// The role that these keys, or those of the AWS SDK's chain, are exchanged for (AWS STS). Default: unset, none.
    /// </summary>
    [Setting("takes a role's ARN, such as arn:aws:iam::123456789012:role/scanner", Variable = "ASSUME_ROLE_ARN")]
    public string AssumeRole { get; init; } = "";

    /// <summary>Where requests name the bucket. Default: auto.</summary>
    [Setting("takes auto, path or host", Variable = "S3_ADDRESSING")]
    public S3Addressing Addressing { get; init; } = S3Addressing.Auto;

    /// <summary>
    /// How long one try of one call may take, or a silence inside an answer. Default: 30 s, in which a part of 16 MiB is sent at 0.6 MB/s.
    /// </summary>
    [Setting("takes a time from 00:00:00.1 to 01:00:00", Min = 0.1, Max = 3600)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call is tried that the store did not answer, or answered that it is busy. Default: 3.</summary>
    [Setting("takes a whole number from 1 to 10", Min = 1, Max = 10)]
    public int Attempts { get; init; } = 3;

    /// <summary>
    /// A larger content is sent in parts of so many bytes, one after the other; above 10,000 parts they are larger. Default: 16 MiB; S3
    /// takes no smaller parts than 5 MiB.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G: 5M to 5G", Bytes = true, Min = 5 << 20, Max = 5L << 30)]
    public long PartSize { get; init; } = 16 << 20;

    /// <summary>
    /// A larger object is moved in parts of so many bytes, which the store copies itself. Default: 256 MiB, which takes AWS some seconds;
    /// S3 copies at most 5 GiB at once.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G: 5M to 5G", Bytes = true, Min = 5 << 20, Max = 5L << 30)]
    public long CopyPartSize { get; init; } = 256 << 20;

    /// <summary>How the store is called in logs and messages: its host and port.</summary>
    internal string Name => Uri.TryCreate(EndpointUrl, UriKind.Absolute, out var url) ? url.Authority : "AWS S3";

    public IEnumerable<SettingProblem> Problems() => AwsAccess.Problems(EndpointUrl, AccessKey, SecretKey, UrlTakes, KeysTake);
}
