namespace ClamProxy.Core.Verdicts;

/// <summary>What a store said to one call.</summary>
/// <param name="HasAnswered">False when it failed, was too slow or was not asked.</param>
/// <param name="Bytes">The value found, or null.</param>
/// <param name="IsRefused">It was not saved, for another process has taken the target's lease since.</param>
internal readonly record struct VerdictStoreReply(bool HasAnswered, byte[]? Bytes = null, bool IsRefused = false);
