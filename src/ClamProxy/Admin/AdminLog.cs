namespace ClamProxy.Admin;

/// <summary>The audit log of the admin API: EventIds 7510 to 7549. The request's id stands in each line.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(7510, LogLevel.Warning, "Admin API: {Who} at {Client}: {Operation} {Target}: {Outcome}")]
    public static partial void Changed(this ILogger logger, string who, string client, string operation, string target, string outcome);

    [LoggerMessage(7511, LogLevel.Error, "Admin API: {Operation} failed because of a bug in ClamProxy")]
    public static partial void Broke(this ILogger logger, string operation, Exception mistake);
}
