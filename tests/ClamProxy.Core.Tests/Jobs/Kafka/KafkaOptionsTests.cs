using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

public sealed class KafkaOptionsTests
{
    [Theory]
    [InlineData("kafka://a:9092,b:9093", "", "a:9092,b:9093")]
    [InlineData("kafka://a/", "", "a:9092")]
    [InlineData("KAFKA://[::1]:9092", "", "[::1]:9092")]
    [InlineData("", "kafka:9092", "kafka:9092")]
    [InlineData("kafka://a", "b", "a:9092")]
    [InlineData("redis://a", "b", null)]
    [InlineData("", "", null)]
    public void QueueUrlOrServers_SayWhereKafkaIs(string queue, string servers, string? expected) =>
        Assert.Equal(expected, new KafkaOptions { Servers = servers }.ServersOf(new JobOptions { QueueUrl = queue }));

    [Theory]
    [InlineData("kafka://")]
    [InlineData("kafka://a:0")]
    [InlineData("kafka://a:99999")]
    [InlineData("kafka://user:word@a:9092")]
    [InlineData("kafka://a b")]
    [InlineData("kafka://a/topic")]
    [InlineData("kafka://::1")]
    public void UrlThatIsWrong_IsRefusedWithoutItsPassword(string url)
    {
        var problem = Assert.Single(new JobOptions { QueueUrl = url }.Problems());

        Assert.DoesNotContain("word", problem.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KafkaSecurity.Tls, KafkaSaslMechanism.Plain)]
    [InlineData(KafkaSecurity.Sasl, KafkaSaslMechanism.Plain)]
    [InlineData(KafkaSecurity.SaslTls, KafkaSaslMechanism.ScramSha256)]
    [InlineData(KafkaSecurity.SaslTls, KafkaSaslMechanism.ScramSha512)]
    public void SecurityThatIsOffered_TheClientOfThisMachineHas(KafkaSecurity security, KafkaSaslMechanism mechanism)
    {
        var isSasl = security is not KafkaSecurity.Tls;
        var options = new KafkaOptions
        {
            Security = security,
            SaslMechanism = mechanism,
            User = isSasl ? "user" : "",
            Password = isSasl ? "word" : "",
        };

        using var producer = new KafkaClients("127.0.0.1:1", options, new JobOptions(), NullLogger<KafkaClients>.Instance).Producer();

        Assert.NotNull(producer.Name);
    }

    [Fact]
    public void WrongTogether_IsRefused()
    {
        Assert.Empty(new KafkaOptions().Problems());
        Assert.Empty(new KafkaOptions { Security = KafkaSecurity.SaslTls, User = "u", Password = "p" }.Problems());
        Assert.Single(new KafkaOptions { User = "u", Password = "p" }.Problems());
        Assert.Single(new KafkaOptions { Security = KafkaSecurity.Sasl, User = "u" }.Problems());
        Assert.Single(new KafkaOptions { InputTopic = "a/b" }.Problems());
        Assert.Single(new KafkaOptions { OutputTopic = "files_to_scan.dead" }.Problems());
        Assert.Single(new KafkaOptions { ResultsUrl = "http://x" }.Problems());
    }
}
