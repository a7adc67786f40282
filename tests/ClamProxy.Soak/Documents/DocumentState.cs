namespace ClamProxy.Soak.Documents;

/// <summary>What the origin answers while a version is the current one.</summary>
internal enum DocumentState
{
    /// <summary>The text of this version.</summary>
    Clean,

    /// <summary>Its text, with EICAR in it.</summary>
    Infected,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>429.</summary>
    Busy,

    /// <summary>500 with EICAR in its body.</summary>
    InfectedError,

    /// <summary>Half of the text that its head announces.</summary>
    Truncated,

    /// <summary>Bytes that are called gzip and are none.</summary>
    TornCoding,

    /// <summary>404, fresh for a second.</summary>
    Gone,
}
