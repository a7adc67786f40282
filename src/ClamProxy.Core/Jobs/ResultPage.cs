namespace ClamProxy.Core.Jobs;

/// <summary>Some results.</summary>
/// <param name="Records">The newest first.</param>
/// <param name="Next">Where the next page begins; null: there is none.</param>
public sealed record ResultPage(IReadOnlyList<JobRecord> Records, string? Next);
