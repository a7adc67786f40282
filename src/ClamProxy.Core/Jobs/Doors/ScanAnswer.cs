namespace ClamProxy.Core.Jobs.Doors;

/// <summary>What a worker tells the door that waits for a scan.</summary>
/// <param name="Id">The job.</param>
/// <param name="Worker">Who did it.</param>
internal sealed record ScanAnswer(string Id, WorkerReport Worker)
{
    /// <summary>The verdict as <see cref="Verdicts.VerdictMessages"/> writes it; null: there is none.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why there is none: the tag of a failure's reason.</summary>
    public string? Failure { get; init; }

    /// <summary>The same in one sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>Seconds from the door's asking to the worker's taking it, by the clocks of both.</summary>
    public double QueueSeconds { get; init; }

    /// <summary>Seconds from the worker's taking it to this answer.</summary>
    public double WorkSeconds { get; init; }

    /// <summary>Seconds that the scanners took; 0: the verdict was known.</summary>
    public double ScanSeconds { get; init; }
}
