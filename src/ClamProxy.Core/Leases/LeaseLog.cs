using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Leases;

/// <summary>What leases log: EventIds 2500-2999. Redis's own faults are logged where it is called.</summary>
internal static partial class LeaseLog
{
    [LoggerMessage(
        2500,
        LogLevel.Warning,
        "Lease {Token} was not renewed in time and another process has taken it: this process was paused, or Redis lost the lease")]
    public static partial void LeaseWasLost(ILogger logger, long token);
}
