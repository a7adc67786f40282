using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>Opens the sources that flows name.</summary>
internal sealed class EventSources(SqsOptions sqs, S3Options s3, TimeProvider clock)
{
    /// <param name="flow">What the operator calls it.</param>
    /// <returns>Null: nobody announces objects to it.</returns>
    public IEventSource? Open(string flow, BucketFlowOptions options) => options.Queue.Length > 0
        ? new SqsSource(new SqsQueue(SqsClients.Open(options.Queue, sqs, s3), options.Queue, sqs, clock), options.HiddenFor)
        : null;
}
