using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Deliveries;

/// <summary>What the record of deliveries logs: EventIds 9100 to 9199.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(
        9100,
        LogLevel.Warning,
        "DELIVERED CONTENT TURNED OUT INFECTED: {Signature}, sha256 {Sha256}: {Clients} took it since {Since:u}: {Takers}; all of them: "
            + "clamproxy recall {Sha256Again}")]
    public static partial void Detected(
        this ILogger logger, string signature, string sha256, string clients, DateTimeOffset since, string takers, string sha256Again);

    [LoggerMessage(
        9101,
        LogLevel.Warning,
        "The record of deliveries is full of rows that are not written yet: {Count} deliveries were not recorded since it was last said")]
    public static partial void NotRecorded(this ILogger logger, long count);

    [LoggerMessage(9102, LogLevel.Error, "The record of deliveries cannot be written: {Problem}; it is tried again")]
    public static partial void NotWritten(this ILogger logger, string problem);

    [LoggerMessage(9103, LogLevel.Information, "The record of deliveries is written again")]
    public static partial void WrittenAgain(this ILogger logger);

    [LoggerMessage(
        9104, LogLevel.Warning, "There is no record of deliveries, for its folder in DATA_PATH cannot be used: {Problem}")]
    public static partial void NoRecord(this ILogger logger, string problem);

    [LoggerMessage(9105, LogLevel.Error, "Who took sha256 {Sha256}, which is infected now, cannot be found out: {Problem}")]
    public static partial void NotFound(this ILogger logger, string sha256, string problem);
}
