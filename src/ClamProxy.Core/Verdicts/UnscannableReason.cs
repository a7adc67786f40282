namespace ClamProxy.Core.Verdicts;

/// <summary>Why a content could not be scanned completely.</summary>
public enum UnscannableReason
{
    /// <summary>The content could be scanned.</summary>
    None = 0,

    /// <summary>Larger than the proxy or the scanner takes.</summary>
    TooLarge,

    /// <summary>Encrypted: the scanner cannot see inside.</summary>
    Encrypted,

    /// <summary>One of the engine's own limits was reached (depth, members, time).</summary>
    EngineLimit,

    /// <summary>The scanner answered with an error, more than once.</summary>
    ScanError,

    /// <summary>An archive whose parts contradict each other, or that holds what the scanner does not open.</summary>
    Archive,

    /// <summary>The Content-Encoding is unknown or the body does not decode with it.</summary>
    Coding,

    /// <summary>
    /// An archive in the archive, a file among its others, may be read differently by somebody who unpacks it too, or is not opened by the
    /// scanner. The rest is sound and was scanned.
    /// </summary>
    AmbiguousArchive,

    /// <summary>The operator refuses it (<c>BLOCKS_FILE</c>), whatever a scanner would say. Never recorded.</summary>
    Blocked,

    /// <summary>A part of a file (206), which says nothing of the whole that its receiver puts together. Never recorded.</summary>
    Partial,
}
