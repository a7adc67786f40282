namespace ClamProxy.Core.Clamd;

/// <summary>The result of the wait for a scanner: a lease, or why there is none.</summary>
internal readonly record struct ScanTurn(ScanLease? Lease, ScanOutcome Refusal, string Detail);
