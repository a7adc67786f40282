using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClamProxy.Configuration;

/// <summary>One category's logger: formats an entry where it is logged, so that the queue holds text alone.</summary>
internal sealed class OutputLogger(string category, ConsoleFormatter formatter, Action<string> add) : ILogger
{
    private const int KeptCharacters = 4_096;

    [ThreadStatic]
    private static StringWriter? _text;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> message)
    {
        var text = _text ??= new StringWriter();
        var line = text.GetStringBuilder();
        try
        {
            formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, message), null, text);
            if (line.Length > 0)
            {
                add(line.ToString());
            }
        }
        finally
        {
            line.Clear();
            if (line.Capacity > KeptCharacters)
            {
                line.Capacity = KeptCharacters;
            }
        }
    }
}
