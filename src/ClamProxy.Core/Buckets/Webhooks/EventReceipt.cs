namespace ClamProxy.Core.Buckets.Webhooks;

/// <summary>What became of a message that somebody sent to POST /events; exactly one of the kinds nested here.</summary>
public abstract record EventReceipt
{
    private EventReceipt()
    {
    }

    /// <summary>It is on the disk, and its objects are scanned whatever happens to this process.</summary>
    public sealed record Stored : EventReceipt;

    /// <summary>It is an event, and there is nothing to do for it.</summary>
    /// <param name="What">What it is.</param>
    public sealed record Unrelated(string What) : EventReceipt;

    /// <summary>The flow can do nothing with it.</summary>
    /// <param name="Problem">One sentence; nothing of its content but a bucket's name.</param>
    public sealed record Refused(string Problem) : EventReceipt;

    /// <summary>As many wait as may: its sender tries it again later.</summary>
    public sealed record Full : EventReceipt;
}
