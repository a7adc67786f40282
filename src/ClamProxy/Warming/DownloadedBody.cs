namespace ClamProxy.Warming;

/// <summary>A body that was read to its end.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Problem">Why it is not what was asked for; null: it is.</param>
internal sealed record DownloadedBody(long Size, string? Problem);
