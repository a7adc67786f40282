namespace ClamProxy.Core.Verdicts;

/// <summary>How a call to a store ended. Zero is a failure.</summary>
internal enum StoreOutcome
{
    /// <summary>The store failed, was too slow, or is not asked because it fails.</summary>
    Error = 0,

    /// <summary>Found and believed.</summary>
    Hit,

    /// <summary>Nothing there, or nothing that can be believed.</summary>
    Miss,

    /// <summary>Saved or dropped.</summary>
    Done,

    /// <summary>Too long to be saved.</summary>
    TooLong,

    /// <summary>Not saved, for another process has taken the target's lease since.</summary>
    Fenced,
}
