namespace ClamProxy.Management;

/// <summary>The verdict store, as /readyz shows it. A broken one does not make the process unready: its lookups miss.</summary>
/// <param name="Name">Which store it is, such as <c>redis</c>; never its URL, which may hold a password.</param>
/// <param name="IsAvailable">It answers.</param>
/// <param name="Problem">What is wrong with it, in words.</param>
internal sealed record StoreReadiness(string Name, bool IsAvailable, string? Problem = null);
