using System.Text;
using ClamProxy.Configuration;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Tests.Configuration;

public sealed class LoggingTests
{
    [Theory]
    [InlineData("ClamProxy.Core.Fetching", LogLevel.Debug, true)]
    [InlineData("ClamProxy.Core.Fetching", LogLevel.Trace, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning, true)]
    [InlineData("System.Net.Http.HttpClient", LogLevel.Information, false)]
    [InlineData("Yarp.ReverseProxy.Forwarder", LogLevel.Information, false)]
    public void LevelDebug_IsForOurOwnCodeOnly(string category, LogLevel level, bool isEnabled) =>
        Assert.Equal(isEnabled, Enabled(new() { Level = LogLevel.Debug }, category, level));

    [Fact]
    public void LevelError_HidesFrameworkWarningsToo() =>
        Assert.False(
            Enabled(new() { Level = LogLevel.Error, Format = LogFormat.Json }, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning));

    [Fact]
    public void EscapeSequencesAndLineBreaks_StayInOneLine()
    {
        Assert.Equal(
            """2026-01-01T00:00:00.000Z warn ClamProxy.Fetching[5001] found \u001b[31mred\u000d\nfake | System.InvalidOperationException: a | b"""
                + "\n",
            Line(LogLevel.Warning, "found \u001b[31mred\r\nfake", new InvalidOperationException("a\nb")));
    }

    [Fact]
    public void LogVariables_AreRead()
    {
        var options = Given.Environment(("LOG_LEVEL", "debug"), ("LOG_FORMAT", "json")).Read<LoggingOptions>();
        Assert.Equal((LogLevel.Debug, LogFormat.Json), (options.Level, options.Format));
    }

    private static string Line(LogLevel level, string message, Exception? exception)
    {
        using var text = new StringWriter(new StringBuilder());
        var entry = new LogEntry<string>(level, "ClamProxy.Fetching", new EventId(5001), message, exception, (state, _) => state);
        new LineFormatter(new ManualTimeProvider()).Write(entry, null, text);
        return text.ToString();
    }

    private static bool Enabled(LoggingOptions options, string category, LogLevel level)
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.AddClamProxyLogging(options)).BuildServiceProvider();
        return services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);
    }
}
