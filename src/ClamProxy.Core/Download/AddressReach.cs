namespace ClamProxy.Core.Download;

/// <summary>How readily an address may be connected to.</summary>
internal enum AddressReach
{
    /// <summary>Link-local, metadata, multicast, unspecified, reserved: only through a listed CIDR.</summary>
    Special = 0,

    /// <summary>Loopback, private and CGNAT: through a listed CIDR or an exact listed host.</summary>
    Internal,

    /// <summary>The public internet.</summary>
    Public,
}
