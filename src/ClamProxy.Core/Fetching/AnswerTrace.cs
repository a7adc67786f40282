namespace ClamProxy.Core.Fetching;

/// <summary>How an answer came about: what was known before, and how long each step took.</summary>
/// <param name="Cache">Which cached verdict was used, or why none was.</param>
/// <param name="IsShared">The download and scan were another request's.</param>
/// <param name="Lookup">Time spent on looking for a cached verdict.</param>
/// <param name="Fetch">Time from asking upstream to the body's last byte.</param>
/// <param name="Scan">Time from asking for a scanner to its answer.</param>
public sealed record AnswerTrace(
    CacheOutcome Cache, bool IsShared = false, TimeSpan Lookup = default, TimeSpan Fetch = default, TimeSpan Scan = default)
{
    /// <summary>Whether the answer was kept for others, or why not.</summary>
    public KeepOutcome Keep { get; init; }

    /// <summary>
    /// How long a kept answer that may change is fresh yet, below zero how long it has been stale. Null: it is none.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether the content was scanned for this very request, so that the scan's log line is about it.</summary>
    public bool IsScanned { get; init; }
}
