using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClamProxy.Configuration;

/// <summary>
/// One line for each entry: UTC time, level, category, event id, message, trace, exception. Not the framework's single-line form: that one
/// lets carriage returns and escape sequences through, and what is logged here comes from strangers (URLs, file and signature names).
/// </summary>
internal sealed class LineFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "clamproxy-line";
    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new StringBuilder()
            .Append(clock.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Append(' ').Append(Short(logEntry.LogLevel))
            .Append(' ').Append(logEntry.Category)
            .Append(CultureInfo.InvariantCulture, $"[{logEntry.EventId.Id}] ");
        Append(line, logEntry.Formatter(logEntry.State, logEntry.Exception), "\\n");
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            line.Append(" trace_id=").Append(activity.TraceId.ToHexString());
        }

        if (logEntry.Exception is { } exception)
        {
            line.Append(" | ");
            Append(line, exception.ToString(), " | ");
        }

        textWriter.Write(line.Append('\n'));
    }

    private static void Append(StringBuilder line, string text, string lineBreak)
    {
        foreach (var one in text)
        {
            _ = one == '\n' ? line.Append(lineBreak)
                : char.IsControl(one) || one is '\u2028' or '\u2029' ? line.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}")
                : line.Append(one);
        }
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        LogLevel.Critical => "crit",
        LogLevel.None => "none",
    };
}
