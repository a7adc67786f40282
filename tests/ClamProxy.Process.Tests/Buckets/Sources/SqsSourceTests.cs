using Amazon.SQS;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Process.Tests.Objects;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>A queue of SQS.</summary>
public sealed class SqsSourceTests : EventSourceConformance, IClassFixture<MotoFixture>, IDisposable
{
    private readonly S3Options _s3;
    private readonly AmazonSQSClient _client;
    private readonly Lazy<Task<string>> _queue;

    public SqsSourceTests(MotoFixture moto)
    {
        _s3 = BucketRig.OptionsOf(moto.Server);
        _client = SqsClients.Open($"http://127.0.0.1:{moto.Server.Port}/0/q", new SqsOptions(), _s3);
        _queue = new(async () => (await _client.CreateQueueAsync($"events-{Guid.NewGuid():N}")).QueueUrl);
    }

    // It is the queue's own count, and its own redrive policy.
    private protected override int DeliveriesAfterGivingBack => 2;

    private protected override IEventSource Open()
    {
        var queue = _queue.Value.GetAwaiter().GetResult();
        var options = new SqsOptions { WaitTime = TimeSpan.FromSeconds(1) };
        return new SqsSource(new SqsQueue(SqsClients.Open(queue, options, _s3), queue, options, TimeProvider.System), HeldFor);
    }

    private protected override async Task SendAsync(string body) => await _client.SendMessageAsync(await _queue.Value, body, Cancelled);

    public void Dispose() => _client.Dispose();
}
