namespace ClamProxy.Core.Archives;

/// <summary>Why a scanner's OK to an archive says nothing about all of its members.</summary>
internal enum ArchiveTrouble
{
    /// <summary>Nothing was looked at.</summary>
    None = 0,

    /// <summary>A member, or all of them together, are larger than what the scanner was shown to look at.</summary>
    TooLarge,

    /// <summary>A member is encrypted.</summary>
    Encrypted,

    /// <summary>More members, more layers or more work than is allowed, or a compression that the scanner skips.</summary>
    TooMuch,

    /// <summary>Its parts contradict each other, so that two readers see two different archives.</summary>
    Contradictory,

    /// <summary>
    /// An archive that lies in it as a member may be read differently by others, or is not opened by the scanner; the archive that holds
    /// it is sound.
    /// </summary>
    Ambiguous,
}
