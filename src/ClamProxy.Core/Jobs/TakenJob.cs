namespace ClamProxy.Core.Jobs;

/// <summary>A job that one worker has, until it completes it, gives it back, or does not renew its lease in time.</summary>
/// <param name="Job">What is to be done.</param>
/// <param name="Attempt">How often it has been taken, this time included: 1 at first.</param>
/// <param name="Lease">What the queue knows this taking by.</param>
internal sealed record TakenJob(Job Job, int Attempt, string Lease)
{
    /// <summary>Whether its result may be unknown to this process although nobody has deleted it: another producer's job, say.</summary>
    public bool MayBeUnknown { get; init; }
}
