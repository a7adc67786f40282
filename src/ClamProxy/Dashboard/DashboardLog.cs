namespace ClamProxy.Dashboard;

/// <summary>What the dashboard logs: EventIds 7620 to 7649.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(7620, LogLevel.Information, "An open page of the dashboard took longer than {Within} to receive news: disconnected")]
    public static partial void TooSlow(this ILogger logger, TimeSpan within);
}
