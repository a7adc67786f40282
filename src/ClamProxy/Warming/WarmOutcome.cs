namespace ClamProxy.Warming;

/// <summary>What became of one file.</summary>
internal enum WarmOutcome
{
    /// <summary>Nobody knows: it was interrupted before there was an answer.</summary>
    None = 0,

    /// <summary>There is no verdict, or not of the file that the list means.</summary>
    Failed,

    /// <summary>ClamProxy does not deliver it.</summary>
    Refused,

    /// <summary>It was delivered whole, and is what the list means.</summary>
    Clean,
}
