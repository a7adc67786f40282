using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using ClamProxy.Core.Requests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClamProxy.Configuration;

/// <summary>
/// One line for each entry: UTC time, level, category, event id, message, trace, request, exception. Not the framework's single-line form:
/// that one lets carriage returns and escape sequences through, and what is logged here comes from strangers (URLs, file and signature
/// names).
/// </summary>
internal sealed class LineFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "clamproxy-line";

    /// <summary>Control characters, and what some readers take for the end of a line.</summary>
    private static readonly SearchValues<char> s_unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(char.IsControl), '\u2028', '\u2029']);

    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        Span<char> time = stackalloc char[TimeFormat.Length];
        clock.GetUtcNow().UtcDateTime.TryFormat(time, out var length, TimeFormat, CultureInfo.InvariantCulture);
        textWriter.Write(time[..length]);
        textWriter.Write(' ');
        textWriter.Write(Short(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(logEntry.Category);
        textWriter.Write('[');
        textWriter.Write(logEntry.EventId.Id);
        textWriter.Write("] ");
        Write(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception), "\\n");
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            textWriter.Write(" trace_id=");
            textWriter.Write(activity.TraceId.ToHexString());
        }

        if (RequestId.Current is { } request)
        {
            textWriter.Write(" request_id=");
            textWriter.Write(request);
        }

        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(" | ");
            Write(textWriter, exception.ToString(), " | ");
        }

        textWriter.Write('\n');
    }

    private static void Write(TextWriter line, string text, string lineBreak)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var plain = rest.IndexOfAny(s_unsafe);
            line.Write(plain < 0 ? rest : rest[..plain]);
            if (plain < 0)
            {
                return;
            }

            line.Write(rest[plain] == '\n' ? lineBreak : $"\\u{(int)rest[plain]:x4}");
            rest = rest[(plain + 1)..];
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
