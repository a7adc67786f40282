namespace ClamProxy.Core.Leases;

/// <summary>The answer to the wish to lead a flight.</summary>
/// <param name="Outcome">Whether this process leads.</param>
/// <param name="Lease">The caller's to dispose; null unless <see cref="LeaseOutcome.Taken"/>.</param>
public readonly record struct LeaseAttempt(LeaseOutcome Outcome, FlightLease? Lease = null);
