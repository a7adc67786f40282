namespace ClamProxy.Forgetting;

/// <summary>What operators had forgotten: EventIds 7400 to 7449.</summary>
internal static partial class ForgetLog
{
    [LoggerMessage(7400, LogLevel.Warning, "Asked by an operator: {What} is forgotten; it is downloaded and scanned again")]
    public static partial void Forgotten(this ILogger logger, string what);

    [LoggerMessage(7401, LogLevel.Warning, "Asked by an operator: every content is scanned again before it is delivered")]
    public static partial void RescanAsked(this ILogger logger);
}
