namespace ClamProxy.Core.Jobs;

/// <summary>What a door says of a content that is to be scanned later.</summary>
/// <param name="Name">What its sender calls it; untrusted.</param>
/// <param name="Priority">When it is taken.</param>
/// <param name="Client">Who sent it; null: nobody in particular.</param>
public sealed record JobRequest(string? Name, JobPriority Priority = JobPriority.Normal, string? Client = null)
{
    /// <summary>Whom to tell of its end; null: nobody. It may hold secrets in its query: never logged.</summary>
    public string? Callback { get; init; }
}
