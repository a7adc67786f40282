using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

internal static partial class PolicyLog
{
    [LoggerMessage(9000, LogLevel.Information, "{Path}: {Count} exceptions in force or ended")]
    public static partial void ExceptionsRead(this ILogger logger, string path, int count);

    [LoggerMessage(9001, LogLevel.Error, "{Path} is wrong: {Problem}. The {Count} exceptions that were read before stay as they are until it is mended")]
    public static partial void ExceptionsWrong(this ILogger logger, string path, string problem, int count);
}
