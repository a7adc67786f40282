namespace ClamProxy.Core.Redis;

/// <summary>What the end of one call did to the breaker.</summary>
internal enum BreakerChange
{
    /// <summary>It is as it was.</summary>
    None = 0,

    /// <summary>This failure was one too many: Redis is not asked from now on.</summary>
    Opened,

    /// <summary>The one call that was let through failed as well: Redis is not asked for longer.</summary>
    StayedOpen,

    /// <summary>The one call that was let through succeeded: Redis is asked again.</summary>
    Closed,
}
