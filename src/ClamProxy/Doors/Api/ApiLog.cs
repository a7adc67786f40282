namespace ClamProxy.Doors.Api;

/// <summary>What the scan API logs: EventIds 6100 to 6199.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(
        6100, LogLevel.Warning, "Delivered the file of job {Id}, which is {Status} ({Signature}), to {Client}, who asked by force")]
    public static partial void Forced(this ILogger logger, string id, string status, string? signature, string? client);
}
