using Microsoft.Extensions.Logging.Console;

namespace ClamProxy.Configuration;

/// <summary>The loggers of all categories, which end in one output.</summary>
internal sealed class OutputLoggers : ILoggerProvider
{
    private readonly ConsoleFormatter _formatter;
    private readonly LogOutput _output;

    public OutputLoggers(ConsoleFormatter formatter, LoggingOptions options, Stream target)
    {
        _formatter = formatter;
        _output = new LogOutput(options, target, Notice);
    }

    /// <summary>How many entries were dropped so far.</summary>
    public long Dropped => _output.Dropped;

    public ILogger CreateLogger(string categoryName) => new OutputLogger(categoryName, _formatter, _output.Add);

    public void Dispose() => _output.Dispose();

    private string Notice(long count)
    {
        var notice = "";
        new OutputLogger(typeof(LogOutput).FullName!, _formatter, line => notice = line).EntriesDropped(count);
        return notice;
    }
}
