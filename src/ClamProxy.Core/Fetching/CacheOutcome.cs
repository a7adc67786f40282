namespace ClamProxy.Core.Fetching;

/// <summary>Which cached verdict was used for a request, or why none was.</summary>
public enum CacheOutcome
{
    /// <summary>Earlier verdicts were not asked for.</summary>
    NotAsked = 0,

    /// <summary>The request's method changes something upstream: no earlier answer is one to it.</summary>
    Method,

    /// <summary>Nothing was known.</summary>
    Miss,

    /// <summary>
    /// Something was known, but given by an older signature database, or for a content that upstream's answer is not (or is not yet known
    /// to be).
    /// </summary>
    Stale,

    /// <summary>The verdict of this content, which had come from elsewhere before.</summary>
    ByContent,

    /// <summary>The verdict of this URL: a refusal, or a clean one whose content upstream sent once more, byte for byte.</summary>
    ByUrl,

    /// <summary>The file itself was here, with its verdict.</summary>
    Stored,

    /// <summary>The file itself was here, and upstream said that it is still the answer.</summary>
    Revalidated,

    /// <summary>The file itself was here, is stale, and upstream is asked meanwhile (RFC 5861 §3).</summary>
    StaleWhileRevalidate,

    /// <summary>The file itself was here, and upstream could not say whether it is still the answer.</summary>
    StaleIfError,
}
