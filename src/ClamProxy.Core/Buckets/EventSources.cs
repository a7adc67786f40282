using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Kafka;
using ClamProxy.Core.Buckets.Redis;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Redis;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets;

/// <summary>Opens the sources that flows name.</summary>
internal sealed class EventSources(
    SqsOptions sqs, S3Options s3, KafkaOptions kafka, EventSourceOptions events, NameResolver names, TimeProvider clock,
    ILoggerFactory loggers, Lazy<StoredEvents> stored)
{
    /// <param name="flow">What the operator calls it.</param>
    /// <returns>Null: nobody announces objects to it.</returns>
    public IEventSource? Open(string flow, BucketFlowOptions options) => options.Queue.Length > 0
        ? new SqsSource(new SqsQueue(SqsClients.Open(options.Queue, sqs, s3), options.Queue, sqs, clock), options.HiddenFor)
        : options.SourceUrl switch
        {
            EventSourceUrl.RedisKey redis => OpenRedis(flow, redis, options),
            EventSourceUrl.KafkaTopic topic => OpenKafka(flow, topic, options),
            EventSourceUrl.Webhook => new WebhookEvents(stored.Value, flow, options.HiddenFor, clock),
            null => null,
            _ => throw new InvalidOperationException("a source of a kind that nobody knows"),
        };

    private RedisEvents OpenRedis(string flow, EventSourceUrl.RedisKey source, BucketFlowOptions options)
    {
        var keys = new RedisEventKeys(source.Key, flow);
        return new(Calls(TimeSpan.Zero), Calls(RedisEvents.Block), keys, source.IsList, options.HiddenFor, clock);

        RedisEventCalls Calls(TimeSpan wait) =>
            new(source.Address, new RedisConnection(source.Address, names, clock), events.Timeout + wait, clock);
    }

    /// <summary>Processes with a flow of the same name are one group.</summary>
    private KafkaEvents OpenKafka(string flow, EventSourceUrl.KafkaTopic source, BucketFlowOptions options)
    {
        var topic = kafka.For(source.Topic, $"clamproxy-{flow}", EventReader.MostBytes);
        var limits = new JobOptions { QueueTimeout = events.Timeout, LeaseTime = options.HiddenFor };
        var clients = new KafkaClients(source.Servers, topic, limits, loggers.CreateLogger<KafkaClients>());
        return new(clients, topic, options.HiddenFor, clock, loggers.CreateLogger<KafkaIntake>());
    }
}
