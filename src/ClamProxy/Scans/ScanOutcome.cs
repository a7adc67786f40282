namespace ClamProxy.Scans;

/// <summary>What became of one content.</summary>
internal enum ScanOutcome
{
    /// <summary>There is no verdict.</summary>
    Failed = 0,

    /// <summary>Infected, or not scanned as a whole, and no policy or exception lets it pass.</summary>
    Refused,

    /// <summary>Clean, or let pass.</summary>
    Clean,
}
