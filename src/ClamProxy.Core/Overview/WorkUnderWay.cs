namespace ClamProxy.Core.Overview;

/// <summary>A download, a scan or a job that is under way at this moment.</summary>
/// <param name="Name">What it is about: a URL without query, or a name that logs use. Untrusted text.</param>
/// <param name="Age">Time since it began.</param>
public sealed record WorkUnderWay(string Name, TimeSpan Age)
{
    /// <summary>The door that it is for; null: nobody knows.</summary>
    public string? Door { get; init; }

    /// <summary>Who waits for it, the first of them; null: nobody in particular.</summary>
    public string? Client { get; init; }

    /// <summary>How many requests wait for it.</summary>
    public int Waiters { get; init; }

    /// <summary>Bytes that are here.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes in all; null: not known.</summary>
    public long? Total { get; init; }

    /// <summary>The id of the request that began it; null: none did.</summary>
    public string? RequestId { get; init; }

    /// <summary>How often it was tried, this time included; 0: it is tried once.</summary>
    public int Attempt { get; init; }
}
