namespace ClamProxy.Core.Buckets.Events;

/// <summary>One object of which a store says that it was created.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Key">The object's key, as it is: decoded.</param>
public sealed record ObjectEvent(string Bucket, string Key)
{
    /// <summary>The ETag without its quotes; null: the store did not say it.</summary>
    public string? ETag { get; init; }

    /// <summary>The version that was created; null: the bucket keeps no versions, or the store did not say.</summary>
    public string? VersionId { get; init; }

    /// <summary>Bytes; null: the store did not say.</summary>
    public long? Size { get; init; }

    /// <summary>What orders events of one key; null: the store did not say.</summary>
    public ObjectSequencer? Sequencer { get; init; }

    /// <summary>When; null: the store did not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>A message that says this and nothing else, to be sent on; null: nobody sent one.</summary>
    public string? Message { get; init; }
}
