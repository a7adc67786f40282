namespace ClamProxy.Management;

/// <summary>Where the contents of jobs are kept, as /readyz shows it.</summary>
/// <param name="Name">The bucket's or the folder's name.</param>
/// <param name="Problem">Why nothing can be kept there at the moment, in words; null: nothing is known against it.</param>
/// <param name="IsNeeded">Whether the process does nothing without it: no door of it delivers files of its own.</param>
internal sealed record ObjectReadiness(string Name, string? Problem, bool IsNeeded);
