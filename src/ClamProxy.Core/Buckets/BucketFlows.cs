using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Buckets;

/// <summary>All flows of this process.</summary>
internal sealed class BucketFlows : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    public BucketFlows(
        IReadOnlyDictionary<string, BucketFlowOptions> flows,
        BucketSet buckets,
        S3Intake intake,
        ContentScanner scanner,
        Func<string, SqsQueue> open,
        Func<TopicArn, SnsTopic> openTopic)
    {
        All = [.. flows.Select(one => new OpenFlow(
            one.Key,
            one.Value,
            new BucketFlow(
                one.Value, buckets, new BucketPlacement(one.Value, buckets), intake, scanner, Notices(one.Value)),
            Queue(one.Value)))];

        BucketNotices Notices(BucketFlowOptions options) => Kept(new BucketNotices(
            options.Forward.Length > 0 ? open(options.Forward) : null, options.TopicArn is { } arn ? openTopic(arn) : null));

        SqsQueue? Queue(BucketFlowOptions options) => options.Queue.Length > 0 ? Kept(open(options.Queue)) : null;

        T Kept<T>(T opened)
            where T : IDisposable
        {
            _opened.Add(opened);
            return opened;
        }
    }

    public IReadOnlyList<OpenFlow> All { get; }

    public void Dispose() => _opened.ForEach(one => one.Dispose());
}
