namespace ClamProxy.Access;

/// <summary>Whether a request is let in.</summary>
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
