namespace ClamProxy.Core.Fetching;

/// <summary>Whether an answer was kept in the store for others, or why not.</summary>
public enum KeepOutcome
{
    /// <summary>Nothing was to be kept: there is no store, or the request or the answer is not one whose answer is kept.</summary>
    NotMeant = 0,

    /// <summary>It was kept.</summary>
    Kept,

    /// <summary>Its body ends with its connection, so that it may have been cut off (RFC 9112 §6.3).</summary>
    EndByClose,

    /// <summary>Cache-Control says private or no-store (RFC 9111 §5.2.2.5, §5.2.2.7).</summary>
    Private,

    /// <summary>It sets a cookie.</summary>
    SetCookie,

    /// <summary>It varies by something that is in no key: <c>*</c> or Via.</summary>
    Varies,

    /// <summary>Its content is coded.</summary>
    Coding,

    /// <summary>It may change, and nothing says how old it is.</summary>
    NoDate,

    /// <summary>The request showed who its client is.</summary>
    Credentials,

    /// <summary>Upstream was asked by the client's own conditions.</summary>
    Conditions,

    /// <summary>The store did not take it: its disk fails or is full, or the file is larger than the store may be.</summary>
    NotTaken,
}
