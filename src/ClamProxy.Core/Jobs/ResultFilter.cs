namespace ClamProxy.Core.Jobs;

/// <summary>Which results are listed, the newest first.</summary>
/// <param name="Status">Those with this status; null: any.</param>
/// <param name="Sha256">Those of this content: 64 lower-case hexadecimal digits; null: any.</param>
/// <param name="Since">Those accepted then or later; null: any.</param>
/// <param name="Until">Those accepted before; null: any.</param>
public sealed record ResultFilter(
    JobStatus? Status = null, string? Sha256 = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null);
