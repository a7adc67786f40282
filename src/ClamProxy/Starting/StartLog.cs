namespace ClamProxy.Starting;

/// <summary>How the process starts: EventIds 7900 to 7999.</summary>
internal static partial class StartLog
{
    [LoggerMessage(7900, LogLevel.Information, "Listening on {Addresses}")]
    public static partial void Listening(this ILogger logger, string addresses);
}
