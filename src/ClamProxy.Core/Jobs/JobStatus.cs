namespace ClamProxy.Core.Jobs;

/// <summary>How a job ended, or that it has not.</summary>
public enum JobStatus
{
    /// <summary>No verdict yet.</summary>
    Pending = 0,

    /// <summary>It may be delivered.</summary>
    Clean,

    Infected,

    /// <summary>It could not be scanned as a whole, and no policy lets it pass.</summary>
    Unscannable,

    /// <summary>It was tried as often as it may be, and no verdict could be had.</summary>
    Error,
}
