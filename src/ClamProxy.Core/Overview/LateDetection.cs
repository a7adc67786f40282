namespace ClamProxy.Core.Overview;

/// <summary>A content turned out infected after somebody had taken it.</summary>
/// <param name="At">When that was noticed.</param>
/// <param name="Sha256">The content.</param>
/// <param name="Signature">What was found in it; null: it has no name.</param>
/// <param name="Clients">How many clients had taken it.</param>
/// <param name="Since">When the first of them took it.</param>
public sealed record LateDetection(DateTimeOffset At, string Sha256, string? Signature, long Clients, DateTimeOffset Since);
