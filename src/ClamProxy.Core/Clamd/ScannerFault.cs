namespace ClamProxy.Core.Clamd;

/// <summary>Why a scanner gave no answer.</summary>
internal enum ScannerFault
{
    None = 0,

    /// <summary>Nothing listens there, or the name or the host cannot be reached: it is down at once.</summary>
    Refused,

    /// <summary>No connection inside ConnectTimeout: frozen, or its backlog is full.</summary>
    ConnectTimedOut,

    /// <summary>It took no byte for SendTimeout.</summary>
    SendStalled,

    /// <summary>The connection ended before a whole reply.</summary>
    Cut,

    /// <summary>What it said is no reply: torn, too long, several lines.</summary>
    Protocol,

    /// <summary>No whole reply inside the deadline.</summary>
    TimedOut,

    /// <summary>It stopped answering probes while it had the scan.</summary>
    WentSilent,

    /// <summary>It lost our trust while it had the scan: a clean of it proves nothing.</summary>
    LostTrust,
}
