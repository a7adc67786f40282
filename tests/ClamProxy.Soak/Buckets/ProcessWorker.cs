using Amazon.SQS;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>ClamProxy as a process of its own, which takes events from a queue and is killed by SIGKILL.</summary>
internal sealed class ProcessWorker : IRaceWorker
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly RaceWorld _world;
    private readonly RaceBuckets _buckets;
    private readonly AmazonSQSClient _queues;
    private readonly HashSet<ObjectEvent> _sent = [];
    private string _queue = "";
    private ProxyProcess? _process;
    private bool _isDead;

    private ProcessWorker(RaceWorld world, RaceBuckets buckets)
    {
        (_world, _buckets) = (world, buckets);
        _queues = SqsClients.Open($"http://127.0.0.1:{world.QueuePort}/0/q", new SqsOptions(), world.S3);
    }

    public static async Task<IRaceWorker> StartAsync(RaceWorld world, RaceBuckets buckets)
    {
        var worker = new ProcessWorker(world, buckets);
        worker._queue = (await worker._queues.CreateQueueAsync($"events-{buckets.Untrusted}")).QueueUrl;
        await worker.StartAsync();
        return worker;
    }

    public async Task<bool> DeliverAsync(ObjectEvent told)
    {
        if (_isDead)
        {
            _isDead = false;
            await StartAsync();
        }

        // What a dead worker has taken comes again by itself.
        if (_sent.Add(told))
        {
            await _queues.SendMessageAsync(_queue, EventText.Of(told));
        }

        using var limit = new CancellationTokenSource(s_limit);
        while (!_isDead)
        {
            if (await CountAsync(limit.Token) == 0 && await CountAsync(limit.Token) == 0)
            {
                _sent.Remove(told);
                return true;
            }

            await Task.Delay(20, limit.Token);
        }

        return false;
    }

    public async Task KillAsync()
    {
        await _process!.KillAsync();
        _isDead = true;
    }

    public async ValueTask DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        _queues.Dispose();
    }

    /// <summary>Messages that wait, and those that are hidden.</summary>
    private async Task<int> CountAsync(CancellationToken limit)
    {
        var counts = await _queues.GetQueueAttributesAsync(
            _queue, ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"], limit);
        return counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible;
    }

    private async Task StartAsync()
    {
        var dead = _process;
        _process = await ProxyProcess.StartAsync(_world.VariablesOf(_buckets, _queue));
        await (dead?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
