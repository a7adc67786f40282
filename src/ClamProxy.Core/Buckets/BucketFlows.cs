using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Buckets;

/// <summary>All flows of this process.</summary>
internal sealed class BucketFlows : IDisposable
{
    private readonly List<SqsQueue> _queues = [];

    public BucketFlows(
        IReadOnlyDictionary<string, BucketFlowOptions> flows,
        BucketSet buckets,
        S3Intake intake,
        ContentScanner scanner,
        Func<string, SqsQueue> open)
    {
        All = [.. flows.Select(one => new OpenFlow(
            one.Key,
            one.Value,
            new BucketFlow(
                one.Value, buckets, new BucketPlacement(one.Value, buckets), intake, scanner, OpenOrNone(one.Value.Forward)),
            OpenOrNone(one.Value.Queue)))];

        SqsQueue? OpenOrNone(string queue)
        {
            if (queue.Length == 0)
            {
                return null;
            }

            var opened = open(queue);
            _queues.Add(opened);
            return opened;
        }
    }

    public IReadOnlyList<OpenFlow> All { get; }

    public void Dispose() => _queues.ForEach(queue => queue.Dispose());
}
