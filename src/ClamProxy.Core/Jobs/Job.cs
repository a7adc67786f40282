using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs;

/// <summary>A scan that nobody waits for on an open connection: what a queue holds of it.</summary>
/// <param name="Id">Its id, as results call it.</param>
/// <param name="Bucket">What the object store is called that holds its content.</param>
/// <param name="Key">The content's key there.</param>
/// <param name="Name">What its sender calls the content; untrusted (<see cref="FileNames"/>).</param>
/// <param name="Priority">When it is taken.</param>
/// <param name="AcceptedAt">When its content was here, whole.</param>
public sealed record Job(string Id, string Bucket, string Key, string Name, JobPriority Priority, DateTimeOffset AcceptedAt)
{
    /// <summary>
    /// Where its content is still to be fetched from; null: it is in the object store. It may hold secrets in its query: never logged.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>Bytes of the content; null: not known to whoever asked for the job.</summary>
    public long? Size { get; init; }

    /// <summary>Who takes a turn at the scanners with it; null: nobody in particular.</summary>
    public string? Client { get; init; }

    /// <summary>The door of another process that waits for it; null: it has a result that is kept.</summary>
    public DoorScan? Door { get; init; }

    /// <summary>The content's key once it has this status: clean ones and others lie apart.</summary>
    public string KeyAt(JobStatus status, JobOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return status switch
        {
            JobStatus.Pending => Key,
            JobStatus.Clean => ObjectKey.In(options.CleanArea, Key),
            JobStatus.Infected or JobStatus.Unscannable or JobStatus.Error => ObjectKey.In(options.QuarantineArea, Key),
        };
    }
}
