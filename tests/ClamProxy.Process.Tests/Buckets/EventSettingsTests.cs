namespace ClamProxy.Process.Tests.Buckets;

/// <summary>What sources and notices need beside the flow's own settings: the start says so in one line each.</summary>
public sealed class EventSettingsTests
{
    private const string Token = "0123456789abcdef-the-token-of-a-test";

    private static readonly string[] Flow =
    [
        "--UNPROCESSED_BUCKET_NAME=come", "--QUARANTINE_BUCKET=bad", "--S3_ENDPOINT_URL=http://127.0.0.1:1", "--S3_ACCESS_KEY=a",
        "--S3_SECRET_KEY=b",
    ];

    [Theory]
    [InlineData("DOORS:", "--DOORS=buckets", "--EVENT_HANDLER=webhook", "--EVENT_TOKEN=" + Token)]
    [InlineData(
        "DATA_PATH:",
        "--DOORS=api,buckets",
        "--QUEUE_URL=redis://127.0.0.1:1",
        "--STORAGE_URL=s3://contents",
        "--EVENT_HANDLER=webhook",
        "--EVENT_TOKEN=" + Token)]
    [InlineData("EVENT_TOKEN=", "--DOORS=buckets", "--EVENT_HANDLER=webhook")]
    [InlineData("EVENT_CONFIG=", "--DOORS=buckets", "--EVENT_HANDLER=redis", "--EVENT_CONFIG=redis://:" + Token + "@redis:6379")]
    [InlineData("EVENT_CONFIG=", "--DOORS=buckets", "--EVENT_HANDLER=kafka", "--EVENT_CONFIG=kafka://kafka:9092")]
    [InlineData("EVENT_HANDLER=", "--DOORS=buckets", "--EVENT_HANDLER=amqp")]
    [InlineData("EVENT_HANDLER=cli:", "--DOORS=buckets", "--EVENT_HANDLER=cli")]
    [InlineData("CALLBACK_SECRETS:", "--DOORS=buckets", "--EVENT_CONFIG=events", "--NOTICE_URL=https://hooks.example.org/?key=" + Token)]
    [InlineData("NOTICE_URL=", "--DOORS=buckets", "--EVENT_CONFIG=events", "--NOTICE_URL=hooks?key=" + Token)]
    public void MissingOrWrongSetting_IsNamedWithoutItsSecret(string begins, params string[] settings)
    {
        var (_, problems) = ProxyApplication.Build([.. Flow, .. settings]);

        Assert.Contains(problems, problem => problem.StartsWith(begins, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains(Token, StringComparison.Ordinal));
    }
}
