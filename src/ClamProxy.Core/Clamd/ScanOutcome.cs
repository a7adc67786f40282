namespace ClamProxy.Core.Clamd;

/// <summary>What came of a scan. Only <see cref="Clean"/> says that a scanner looked at all of the content and found nothing.</summary>
public enum ScanOutcome
{
    /// <summary>Never returned.</summary>
    None = 0,

    /// <summary>An exact, complete OK.</summary>
    Clean,

    /// <summary>A signature was found.</summary>
    Found,

    /// <summary>Over StreamMaxLength, MaxFileSize or MaxScanSize.</summary>
    TooLarge,

    /// <summary>Encrypted, and the scanner says so (AlertEncrypted).</summary>
    Encrypted,

    /// <summary>Another of the engine's limits was reached: depth, members, time.</summary>
    EngineLimit,

    /// <summary>The scanner said ERROR, after retries.</summary>
    Error,

    /// <summary>No scanner answered: refused, hung, cut, not trusted, or over the scan's deadline.</summary>
    Unavailable,

    /// <summary>As many scans as are allowed are waiting already, or this one waited too long for its turn.</summary>
    Busy,
}
