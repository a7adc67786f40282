namespace ClamProxy.Core.Buckets;

/// <summary>What became of one message.</summary>
internal enum MessageOutcome
{
    /// <summary>Not all of its work could be done: the queue hands it out again.</summary>
    Kept = 0,

    /// <summary>Nobody knows what it is: the queue hands it out again until its redrive policy takes it away.</summary>
    Unreadable,

    /// <summary>Its work is done.</summary>
    Deleted,
}
