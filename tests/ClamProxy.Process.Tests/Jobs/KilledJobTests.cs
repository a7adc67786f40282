using ClamProxy.Soak.Jobs;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>
/// The deaths that each leave something else half done; the command <c>kill-jobs</c> of ClamProxy.Soak runs all of them
/// (docs/development/fault-tests.md).
/// </summary>
public sealed class KilledJobTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    public async Task AnyProcessIsKilledWhileAJobIsUnderWay_NoneIsLostOrDoubledAndNothingIsLeft(string queue)
    {
        var matrix = new KillMatrix(output.WriteLine);

        await matrix.RunAsync(queue, IsChosen);

        Assert.True(matrix.IsGood, KillCommand.Write(matrix));
    }

    /// <summary>What Kafka's brokers and a bucket add to that.</summary>
    [Fact]
    public async Task ServerOfJobsOrContentsFailsWhileAJobIsUnderWay_NoneIsLostOrDoubledAndNothingIsLeft()
    {
        var matrix = new KillMatrix(output.WriteLine);

        await matrix.RunAsync("kafka+s3", (step, part, death) => (step.Name, part, death) is
            ("content half sent", JobPart.Api, JobDeath.Killed)
            or ("result recorded", JobPart.Queue, JobDeath.AnswerLost)
            or ("content copied", JobPart.Objects, JobDeath.CutOff));

        Assert.True(matrix.IsGood, KillCommand.Write(matrix));
    }

    private static bool IsChosen(JobStep step, JobPart part, JobDeath death) => (step.Name, part, death) is
        ("content kept" or "known as pending", JobPart.Api, JobDeath.Killed)
        or ("taken" or "result recorded" or "content moved", JobPart.Worker, JobDeath.Killed)
        or ("scanned", JobPart.Worker, JobDeath.Stopped)
        or ("being scanned", JobPart.Queue, JobDeath.Killed)
        or ("queued" or "result recorded", JobPart.Queue, JobDeath.AnswerLost);
}
