using ClamProxy.Core.Jobs;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>Results of machines that have nothing in common but the output topic.</summary>
public sealed class KafkaResultStoreTests(KafkaCluster kafka) : ResultStoreConformance, IClassFixture<KafkaCluster>
{
    private readonly KafkaJobs _jobs = new(kafka);
    private readonly TempFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _folder.Dispose();
    }

    /// <remarks>As if the process had been killed then: it commits by itself now and then, so that one deletion proves little.</remarks>
    [Fact]
    public async Task ResultIsDeleted_TheNextProcessWithThisStoreDoesNotReadItAgain()
    {
        var results = await _jobs.OpenResultsAsync(folder: _folder);
        for (var number = 0; number < 10; number++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var job = new Job($"{number}", "objects", $"{number}_file", "file", JobPriority.Normal, now);
            await results.FinishAsync(
                job, new JobOutcome(JobStatus.Infected, now, $"quarantine/{number}_file"), TestContext.Current.CancellationToken);

            await results.DeleteAsync(job.Id, TestContext.Current.CancellationToken);

            Assert.Equal(number + 1, await _jobs.CommittedOfResultsAsync(_folder));
        }
    }

    private protected override async Task<IResultStore> OpenAsync() => await _jobs.OpenResultsAsync();

    private protected override Task<IResultStore> OpenAnotherAsync() => OpenAsync();
}
