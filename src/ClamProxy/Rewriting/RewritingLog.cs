namespace ClamProxy.Rewriting;

/// <summary>Links that lead past the scanner: EventIds 6600 to 6699. Hosts are untrusted text of a bounded length.</summary>
internal static partial class RewritingLog
{
    [LoggerMessage(
        6600,
        LogLevel.Warning,
        "Route {Route}: {Target} links to packages on {Host}, which no Rewrite covers: clients fetch them past the scanner. "
            + "ForeignLinks=refuse refuses such answers")]
    public static partial void PassedForeignLinks(this ILogger logger, string route, string target, string host);

    [LoggerMessage(
        6601,
        LogLevel.Warning,
        "Route {Route}: {Target} links to packages on {Host}, which no Rewrite covers: refused, since clients would fetch them past the "
            + "scanner")]
    public static partial void RefusedForeignLinks(this ILogger logger, string route, string target, string host);
}
