using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>The queue of jobs in Kafka.</summary>
public sealed class KafkaJobQueueTests(KafkaCluster kafka) : JobQueueConformance, IClassFixture<KafkaCluster>
{
    private readonly KafkaJobs _jobs = new(kafka);
    private readonly List<KafkaJobQueue> _open = [];

    public override ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private protected override Task<IJobQueue> OpenAsync()
    {
        _open.Add(_jobs.OpenQueue(Options, Clock));
        return Task.FromResult<IJobQueue>(_open[^1]);
    }

    private protected override Task<IJobQueue> OpenAnotherAsync() => OpenAsync();

    private protected override bool IsPartitioned => true;

    private protected override async Task ArrivedAsync(IJobQueue queue)
    {
        using var limit = new CancellationTokenSource(Limit);
        ((KafkaJobQueue)queue).Join();
        while (_open.Sum(one => one.Held) != (await queue.StateAsync(limit.Token)).Jobs)
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
