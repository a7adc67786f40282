namespace ClamProxy.Core.Buckets;

/// <summary>What became of one message.</summary>
internal enum MessageOutcome
{
    /// <summary>Not all of its work could be done: the queue hands it out again.</summary>
    Kept = 0,

    /// <summary>Nobody knows what it is: it is set aside, by SQS when its redrive policy says so.</summary>
    Unreadable,

    /// <summary>Its work is done.</summary>
    Deleted,

    /// <summary>It was tried as often as the flow's settings say, and set aside.</summary>
    SetAside,
}
