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

    /// <summary>
    /// How much memory entries may take that standard output has not taken yet; beyond it the oldest are dropped, counted and told of.
    /// Default 4 MiB, range 64 KiB to 1 GiB: about ten thousand entries, a second or more of the busiest log.
    /// </summary>
    [Setting("takes a size from 64K to 1G, such as 4M", Variable = "LOG_QUEUE", Bytes = true, Min = 64 << 10, Max = 1 << 30)]
    public long Queue { get; set; } = 4 << 20;

    /// <summary>
    /// How long shutdown may take to write what is queued. Default 1 second, range 0 to 10 seconds; a reader takes milliseconds.
    /// </summary>
    [Setting("a time from 0 to 10 s, such as 1s", Min = 0, Max = 10)]
    public TimeSpan FlushWithin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether each request to the doors proxy, api, icap and ext-proc is one entry when it is over, at the level Information.
    /// Default true.
    /// </summary>
    [Setting("true or false", Variable = "ACCESS_LOG")]
    public bool AccessLog { get; set; } = true;

    public IEnumerable<SettingProblem> Problems() => [];
}
