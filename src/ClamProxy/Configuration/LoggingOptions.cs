using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>What is logged, and how. Logs go to standard output, as containers expect.</summary>
public sealed class LoggingOptions : ISettings
{
    public static string Section => "Logging";

    /// <summary>
    /// The least severe entry that ClamProxy's own code logs. Default Information: one entry for each scan. Frameworks log warnings and
    /// errors only, whatever stands here: at Information ASP.NET would log query strings.
    /// </summary>
    [Setting("Trace, Debug, Information, Warning, Error, Critical or None", Variable = "LOG_LEVEL")]
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>How entries look. Default text.</summary>
    [Setting("text or json", Variable = "LOG_FORMAT")]
    public LogFormat Format { get; set; } = LogFormat.Text;

    public IEnumerable<SettingProblem> Problems() => [];
}
