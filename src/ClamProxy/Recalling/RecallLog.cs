namespace ClamProxy.Recalling;

/// <summary>Who was asked after: EventIds 7450 to 7499.</summary>
internal static partial class RecallLog
{
    [LoggerMessage(7450, LogLevel.Information, "Asked by an operator who took sha256 {Sha256}: {Rows} rows")]
    public static partial void Recalled(this ILogger logger, string sha256, long rows);
}
