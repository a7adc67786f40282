namespace ClamProxy.Core.Buckets;

/// <summary>What becomes of an object of an untrusted bucket when it was scanned.</summary>
public enum BucketAction
{
    /// <summary>It goes to the clean or the quarantine bucket.</summary>
    Move = 0,

    /// <summary>A copy of it goes there, and it stays.</summary>
    Copy,

    /// <summary>It stays and is tagged.</summary>
    Tag,

    /// <summary>It stays as it is.</summary>
    Leave,
}
