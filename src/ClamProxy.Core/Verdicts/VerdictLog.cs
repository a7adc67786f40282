using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Verdicts;

/// <summary>What verdict stores log: EventIds 2000 and 2006-2099.</summary>
internal static partial class VerdictLog
{
    [LoggerMessage(2000, LogLevel.Information, "Verdicts are kept in this process only: REDIS_URL is not set")]
    public static partial void KeptInMemory(ILogger logger);

    [LoggerMessage(
        2006,
        LogLevel.Warning,
        "A record in Redis was ignored, its signature is {Problem}: VERDICT_KEY was set or changed, or somebody without the key writes to "
            + "Redis")]
    public static partial void RecordRejected(ILogger logger, SealProblem problem);

    [LoggerMessage(
        2007,
        LogLevel.Warning,
        "{Path} cannot be read or written ({Problem}): what was forgotten, and that signatures changed, is unknown to a process that "
            + "starts later")]
    public static partial void CutoffsNotKept(ILogger logger, string path, string problem);
}
