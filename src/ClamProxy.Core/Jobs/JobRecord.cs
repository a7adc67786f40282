namespace ClamProxy.Core.Jobs;

/// <summary>What is known of a job.</summary>
/// <param name="Job">What was accepted.</param>
/// <param name="Outcome">How it ended; null: not yet.</param>
public sealed record JobRecord(Job Job, JobOutcome? Outcome)
{
    public JobStatus Status => Outcome?.Status ?? JobStatus.Pending;

    /// <summary>Where its content lies.</summary>
    public string Key => Outcome?.Key ?? Job.Key;
}
