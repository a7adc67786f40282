namespace ClamProxy.Doors.Icap;

/// <summary>What the ICAP door logs: EventIds 6200 to 6299. Verdicts are logged where they are given.</summary>
internal static partial class IcapLog
{
    [LoggerMessage(6200, LogLevel.Warning, "ICAP is not for {Client}: list its network in ICAP_CLIENTS")]
    public static partial void NotForClient(this ILogger logger, string? client);

    [LoggerMessage(6201, LogLevel.Information, "ICAP request of {Client} answered {Status}: {Detail}")]
    public static partial void Faulty(this ILogger logger, string? client, int status, string detail);

    [LoggerMessage(6202, LogLevel.Error, "An ICAP request of {Client} failed by an internal error; its connection is closed")]
    public static partial void Broken(this ILogger logger, string? client, Exception cause);
}
