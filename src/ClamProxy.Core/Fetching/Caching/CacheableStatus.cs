namespace ClamProxy.Core.Fetching.Caching;

/// <summary>What a status code says of whether an answer may be kept (RFC 9110 §15.1, RFC 9111 §3).</summary>
internal static class CacheableStatus
{
    /// <summary>Final, and the answer to the whole request: neither a part nor a "not modified".</summary>
    public static bool IsFinal(int status) => status is >= 200 and <= 599 and not (206 or 304);

    /// <summary>Those that may be kept by a guess, where upstream does not say for how long.</summary>
    public static bool IsHeuristic(int status) => status is 200 or 203 or 204 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>Those that say that there is no file: they are guessed to stay so for a short time only.</summary>
    public static bool IsNegative(int status) => status >= 400;

    /// <summary>
    /// What says nothing of the file, only of upstream at the moment (RFC 9110 §15.5.9, RFC 6585 §4, RFC 5861 §4).
    /// </summary>
    public static bool IsTransient(int status) => status is 408 or 429 or >= 500;

    /// <summary>
    /// What upstream says of one client's fields (a header too long, a method it does not take) is no word on the answer that the others
    /// get.
    /// </summary>
    private static bool IsAboutTheRequest(int status) => status is 400 or 405 or 406 or (>= 412 and <= 417) or 431;

    /// <summary>What may take the place of a stored answer, or end it.</summary>
    public static bool IsAboutTheFile(int status) => !IsTransient(status) && !IsAboutTheRequest(status);

    /// <summary>Those that are defined (RFC 9110 §15), for must-understand (RFC 9111 §5.2.2.3).</summary>
    public static bool IsUnderstood(int status) => status is (>= 200 and <= 205) or (>= 300 and <= 303) or 307 or 308
        or (>= 400 and <= 417) or 421 or 422 or 426 or (>= 500 and <= 505);
}
