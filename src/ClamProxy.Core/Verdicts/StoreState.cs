
namespace ClamProxy.Core.Verdicts;

/// <summary>How a verdict store is.</summary>
/// <param name="Name"><c>memory</c> or <c>redis</c>.</param>
/// <param name="IsAvailable">Whether it answered the last time it was asked.</param>
/// <param name="Problem">One line on why not, without a password; null when it is available.</param>
public sealed record StoreState(string Name, bool IsAvailable, string? Problem);
