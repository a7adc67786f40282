namespace ClamProxy.Access;

/// <summary>Whether a request is allowed.</summary>
internal enum AccessOutcome
{
    /// <summary>It came without credentials.</summary>
    Missing = 0,

    /// <summary>Its credentials are not right.</summary>
    Wrong,

    /// <summary>More passwords wait to be checked than are worth waiting for.</summary>
    Busy,

    Granted,
}
