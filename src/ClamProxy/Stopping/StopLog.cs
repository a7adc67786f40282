using System.Runtime.InteropServices;

namespace ClamProxy.Stopping;

/// <summary>How the process ends: EventIds 7600 to 7619.</summary>
internal static partial class StopLog
{
    [LoggerMessage(
        7600,
        LogLevel.Information,
        "{Signal}: stopping; new connections are refused in {Delay} s, work still in progress is cancelled {DrainTime} s later")]
    public static partial void Asked(this ILogger logger, PosixSignal signal, double delay, double drainTime);

    [LoggerMessage(7601, LogLevel.Warning, "STOP_WITHIN is over: downloads and scans in progress are cancelled")]
    public static partial void DeadlineOver(this ILogger logger);
}
