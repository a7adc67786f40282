namespace ClamProxy.Core.Download;

/// <summary>What a host's name and port alone entitle to.</summary>
internal enum HostPermission
{
    /// <summary>Nothing: only addresses inside a listed CIDR may be reached.</summary>
    ListedNetworks = 0,

    /// <summary>Any public address: a listed wildcard, or no list at all.</summary>
    PublicAddresses,

    /// <summary>Public and internal addresses: an exact listed host.</summary>
    InternalAddresses,
}
