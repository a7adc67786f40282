using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Redis;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Redis;

namespace ClamProxy.Core.Buckets;

/// <summary>Opens the sources that flows name.</summary>
internal sealed class EventSources(SqsOptions sqs, S3Options s3, EventSourceOptions events, NameResolver names, TimeProvider clock)
{
    /// <param name="flow">What the operator calls it.</param>
    /// <returns>Null: nobody announces objects to it.</returns>
    public IEventSource? Open(string flow, BucketFlowOptions options) => options.Queue.Length > 0
        ? new SqsSource(new SqsQueue(SqsClients.Open(options.Queue, sqs, s3), options.Queue, sqs, clock), options.HiddenFor)
        : options.SourceUrl switch
        {
            EventSourceUrl.RedisKey redis => OpenRedis(flow, redis, options),
            null => null,
            _ => throw new InvalidOperationException("a source of a kind that nobody knows"),
        };

    private RedisEvents OpenRedis(string flow, EventSourceUrl.RedisKey source, BucketFlowOptions options)
    {
        return new(Calls(), Calls(), new RedisEventKeys(source.Key, flow), source.IsList, options, clock);

        RedisEventCalls Calls() =>
            new(source.Address, new RedisConnection(source.Address, names, clock), events.Timeout, clock);
    }
}
