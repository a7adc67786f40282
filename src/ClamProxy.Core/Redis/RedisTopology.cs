namespace ClamProxy.Core.Redis;

/// <summary>How many servers hold the data, and who says which one to ask.</summary>
internal enum RedisTopology
{
    /// <summary>One server, at an address that does not change.</summary>
    Standalone = 0,

    /// <summary>One primary with replicas; Sentinels say which server is the primary now.</summary>
    Sentinel,

    /// <summary>Several primaries, each with a part of the 16,384 hash slots.</summary>
    Cluster,
}
