namespace ClamProxy.Core.Leases;

/// <summary>The result of an attempt to take a flight's lease. Zero: none.</summary>
public enum LeaseOutcome
{
    /// <summary>Never returned.</summary>
    None = 0,

    /// <summary>This process leads.</summary>
    Taken,

    /// <summary>Another flight leads: in another process, or in this one.</summary>
    Held,

    /// <summary>There is no Redis, or it gave no answer in time: each process flies for itself.</summary>
    Alone,
}
