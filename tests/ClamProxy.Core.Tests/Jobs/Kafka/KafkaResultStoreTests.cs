using ClamProxy.Core.Jobs;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>Results of machines that have nothing in common but the output topic.</summary>
public sealed class KafkaResultStoreTests(KafkaCluster kafka) : ResultStoreConformance, IClassFixture<KafkaCluster>
{
    private readonly KafkaJobs _jobs = new(kafka);

    public override ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private protected override async Task<IResultStore> OpenAsync() => await _jobs.OpenResultsAsync();

    private protected override Task<IResultStore> OpenAnotherAsync() => OpenAsync();
}
