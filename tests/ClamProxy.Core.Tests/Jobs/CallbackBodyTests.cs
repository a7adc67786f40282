using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class CallbackBodyTests
{
    /// <summary>Standard Webhooks advises less than 20 kB.</summary>
    [Fact]
    public void LongTexts_AreCutSoThatTheBodyStaysSmall()
    {
        var hostile = new string('\u0001', 100_000);
        var job = new Job("id", "objects", hostile, hostile, JobPriority.Normal, DateTimeOffset.UnixEpoch);
        var outcome = new JobOutcome(JobStatus.Infected, DateTimeOffset.UnixEpoch, hostile)
        {
            Details = hostile,
            Signature = hostile,
            Worker = hostile,
            Engine = hostile,
        };

        Assert.InRange(CallbackBody.Of(new JobRecord(job, outcome)).Length, 10_000, 20_000);
    }
}
