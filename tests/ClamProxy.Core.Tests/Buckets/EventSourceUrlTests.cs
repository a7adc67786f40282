using ClamProxy.Core.Buckets;

namespace ClamProxy.Core.Tests.Buckets;

/// <summary>Source, and what its problems show of it.</summary>
public sealed class EventSourceUrlTests
{
    [Fact]
    public void UrlOfRedis_NamesAStreamOrAList()
    {
        var stream = Assert.IsType<EventSourceUrl.RedisKey>(Source("redis://:word@redis:6380/2?stream=bucket%20events"));
        var list = Assert.IsType<EventSourceUrl.RedisKey>(Source("redis+sentinel://a,b/primary?sentinel_password=x&list=minio"));

        Assert.Equal(("bucket events", false, 2, "word"), (stream.Key, stream.IsList, stream.Address.Database, stream.Address.Password));
        Assert.Equal(("minio", true, "x"), (list.Key, list.IsList, list.Address.SentinelPassword));
    }

    [Fact]
    public void UrlOfKafka_NamesServersAndATopic()
    {
        var topic = Assert.IsType<EventSourceUrl.KafkaTopic>(Source("kafka://one:9092,two/bucket-events"));

        Assert.Equal(("one:9092,two:9092", "bucket-events"), (topic.Servers, topic.Topic));
    }

    [Theory]
    [InlineData("redis://redis:6379/0")]
    [InlineData("redis://redis:6379/0?stream=")]
    [InlineData("redis://redis:6379/0?stream=a&list=b")]
    [InlineData("redis://redis:6379/0?other=a&list=b")]
    [InlineData("kafka://redis:9092")]
    [InlineData("kafka://redis:9092/")]
    [InlineData("kafka://redis:9092/a topic")]
    [InlineData("kafka://user:word@redis:9092/topic")]
    [InlineData("amqp://host/queue")]
    [InlineData("webhooks")]
    public void OtherText_IsRefused(string text)
    {
        var flow = new BucketFlowOptions { Untrusted = "s3://come", Quarantine = "s3://bad", Source = text };

        var problem = Assert.Single(flow.Problems());

        Assert.Equal("Source", problem.Property);
        Assert.DoesNotContain("word", problem.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("webhook", "a-token-of-a-good-length", "")]
    [InlineData("webhook", "", "Token")]
    [InlineData("webhook", "short", "Token")]
    [InlineData("webhook", "a token with spaces in it", "Token")]
    [InlineData("redis://redis?stream=a", "a-token-of-a-good-length", "Token")]
    public void Token_IsOfWebhooksAndNoneOfItIsShown(string source, string token, string wrong)
    {
        var flow = new BucketFlowOptions { Untrusted = "s3://come", Quarantine = "s3://bad", Source = source, Token = token };

        Assert.Equal(wrong, string.Join(',', flow.Problems().Select(problem => problem.Property)));
        Assert.True(token.Length == 0 || flow.Problems().All(problem => !problem.Value.Contains(token, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("redis", "redis://redis?stream=a", "")]
    [InlineData("redis", "kafka://kafka/topic", "Queue")]
    [InlineData("redis", "", "Queue")]
    [InlineData("kafka", "kafka://kafka/topic", "")]
    [InlineData("kafka", "events", "Queue")]
    [InlineData("webhook", "", "")]
    [InlineData("webhook", "events", "Queue")]
    [InlineData("amqp", "", "EventHandler")]
    public void HandlerAndConfig_FitEachOther(string handler, string config, string wrong)
    {
        var variables = new BucketVariables
        {
            EventHandler = handler,
            Queue = config,
            Token = handler == "webhook" ? "a-token-of-a-good-length" : "",
            UntrustedBucket = "come",
            QuarantineBucket = "bad",
        };

        Assert.Equal(wrong, string.Join(',', variables.Problems().Select(problem => problem.Property)));
    }

    [Fact]
    public void FlowsWithTheSameSourceOrToken_AreRefused()
    {
        BucketFlowOptions Flow(string source, string token = "") =>
            new() { Untrusted = "s3://come", Quarantine = "s3://bad", Source = source, Token = token };

        string[] Wrong(BucketFlowOptions one, BucketFlowOptions other) => [.. new BucketOptions
        {
            Buckets = new Dictionary<string, BucketFlowOptions> { ["a"] = one, ["b"] = other },
        }.Problems().Select(problem => problem.Property)];

        Assert.Equal(["Buckets:b:Source"], Wrong(Flow("redis://r?list=a"), Flow("redis://r?list=a")));
        Assert.Equal(["Buckets:b:Token"], Wrong(Flow("webhook", "the-same-token-twice"), Flow("webhook", "the-same-token-twice")));
        Assert.Empty(Wrong(Flow("webhook", "one-token-for-the-first"), Flow("webhook", "another-one-for-the-next")));
    }

    private static EventSourceUrl? Source(string text) => EventSourceUrl.Parse(text).Source;
}
