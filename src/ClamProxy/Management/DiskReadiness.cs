namespace ClamProxy.Management;

/// <summary>A folder that files are written to, as /readyz shows it.</summary>
/// <param name="Use">What for: <c>spool</c> or <c>store</c>.</param>
/// <param name="Path">The folder.</param>
/// <param name="Problem">Why nothing can be written there at the moment, in words; null: nothing is known against it.</param>
/// <param name="IsNeeded">Whether no file can be delivered without it.</param>
internal sealed record DiskReadiness(string Use, string Path, string? Problem, bool IsNeeded);
