namespace ClamProxy.Reloading;

/// <summary>What became of the configuration: EventIds 7550 to 7599.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(7550, LogLevel.Warning, "The configuration was reloaded ({Cause}); changed: {Changed}")]
    public static partial void Reloaded(this ILogger logger, string cause, string changed);

    [LoggerMessage(7551, LogLevel.Information, "The configuration was read again ({Cause}): nothing has changed")]
    public static partial void Unchanged(this ILogger logger, string cause);

    [LoggerMessage(
        7552, LogLevel.Error, "The new configuration is wrong and was refused ({Cause}); the one before stays in force: {Problem}")]
    public static partial void Refused(this ILogger logger, string cause, string problem);

    [LoggerMessage(7553, LogLevel.Warning, "These settings were changed and count after the next start only: {Settings}")]
    public static partial void NeedRestart(this ILogger logger, string settings);

    [LoggerMessage(7554, LogLevel.Warning, "The configuration files cannot be looked at: {Problem}")]
    public static partial void NotRead(this ILogger logger, string problem);

    [LoggerMessage(7555, LogLevel.Error, "The reload failed because of a bug in ClamProxy; the configuration before stays in force")]
    public static partial void Broke(this ILogger logger, Exception mistake);
}
