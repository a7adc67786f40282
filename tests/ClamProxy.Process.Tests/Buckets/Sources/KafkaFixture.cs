using System.Text;
using ClamProxy.TestKit;
using Confluent.Kafka;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>One mock cluster that all tests of a class share.</summary>
public sealed class KafkaFixture : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public KafkaCluster Cluster { get; } = new();

    /// <summary>Puts a message into a topic as a store does.</summary>
    public async Task SendAsync(string topic, string body)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = Cluster.Servers }).Build();
        await producer.ProduceAsync(topic, new Message<string, byte[]> { Key = "bucket/object", Value = Encoding.UTF8.GetBytes(body) });
    }

    /// <summary>Reads the first message of a topic.</summary>
    public Task<Message<string?, byte[]>> FirstAsync(string topic) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string?, byte[]>(new ConsumerConfig
        {
            BootstrapServers = Cluster.Servers,
            GroupId = $"{Guid.NewGuid():N}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        using var limit = new CancellationTokenSource(s_limit);
        return consumer.Consume(limit.Token).Message;
    });

    public void Dispose() => Cluster.Dispose();
}
