using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Buckets;

/// <summary>All flows of this process.</summary>
internal sealed class BucketFlows : IDisposable, IAsyncDisposable
{
    private readonly List<BucketNotices> _notices = [];

    public BucketFlows(
        IReadOnlyDictionary<string, BucketFlowOptions> flows,
        BucketSet buckets,
        S3Intake intake,
        ContentScanner scanner,
        Func<string, SqsQueue> open,
        Func<TopicArn, SnsTopic> openTopic,
        Func<string, BucketFlowOptions, IEventSource?> openSource,
        Func<BucketFlowOptions, WebhookNotices?> openWebhook)
    {
        All = [.. flows.Select(one => new OpenFlow(
            one.Key,
            one.Value,
            new BucketFlow(
                one.Value, buckets, new BucketPlacement(one.Value, buckets), intake, scanner, Notices(one.Value)),
            openSource(one.Key, one.Value)))];

        BucketNotices Notices(BucketFlowOptions options)
        {
            var notices = new BucketNotices(
                options.Forward.Length > 0 ? open(options.Forward) : null,
                options.TopicArn is { } arn ? openTopic(arn) : null,
                openWebhook(options));
            _notices.Add(notices);
            return notices;
        }
    }

    public IReadOnlyList<OpenFlow> All { get; }

    /// <summary>For commands, whose flows have no sources.</summary>
    public void Dispose() => _notices.ForEach(one => one.Dispose());

    public async ValueTask DisposeAsync()
    {
        foreach (var source in All.Select(flow => flow.Source).OfType<IEventSource>())
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }

        Dispose();
    }
}
