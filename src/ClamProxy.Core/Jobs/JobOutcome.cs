namespace ClamProxy.Core.Jobs;

/// <summary>How a job ended.</summary>
/// <param name="Status">Never pending.</param>
/// <param name="FinishedAt">When.</param>
/// <param name="Key">Where its content lies from then on.</param>
public sealed record JobOutcome(JobStatus Status, DateTimeOffset FinishedAt, string Key)
{
    /// <summary>The signature that was found; null unless infected.</summary>
    public string? Signature { get; init; }

    /// <summary>Why there is no clean verdict, in one sentence; null when clean.</summary>
    public string? Details { get; init; }

    /// <summary>64 lower-case hexadecimal digits; null: the content was never seen whole.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes of the content; null: never seen whole.</summary>
    public long? Size { get; init; }

    /// <summary>Time of the scan; zero: the verdict was known.</summary>
    public TimeSpan ScanTime { get; init; }

    /// <summary>Time from the worker's taking it to its end.</summary>
    public TimeSpan WorkTime { get; init; }

    /// <summary>Which worker did it, such as <c>host-4711/worker-2</c>.</summary>
    public string? Worker { get; init; }

    /// <summary>The engine that gave the verdict, such as <c>ClamAV 1.4.6</c>; null: none did.</summary>
    public string? Engine { get; init; }
}
