namespace ClamProxy.Access;

/// <summary>What a client of the scan API may do.</summary>
[Flags]
internal enum ApiRights
{
    None = 0,

    /// <summary>Bring contents.</summary>
    Scan = 1,

    /// <summary>See results and fetch what is clean.</summary>
    Read = 2,

    /// <summary>Remove results with their contents.</summary>
    Delete = 4,

    /// <summary>Fetch what is not clean.</summary>
    Force = 8,
}
