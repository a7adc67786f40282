using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Spool;

internal static partial class SpoolLog
{
    [LoggerMessage(4000, LogLevel.Information, "Removed {Path}, left by a process that was killed")]
    public static partial void Swept(this ILogger logger, string path);

    [LoggerMessage(4001, LogLevel.Warning, "Could not remove {Path}, left by a process that was killed")]
    public static partial void NotSwept(this ILogger logger, string path, Exception cause);
}
