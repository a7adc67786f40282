using System.Diagnostics;
using System.Text;
using System.Text.Json;
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
    public void EntryOfATracedRequest_NamesTheTrace()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.EndsWith(
            $"[5001] found it trace_id={activity.TraceId}\n", Line(LogLevel.Warning, "found it", null), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Json("found it", []));
        Assert.Equal(activity.TraceId.ToString(), json.RootElement.GetProperty("trace_id").GetString());
        Assert.Equal(activity.SpanId.ToString(), json.RootElement.GetProperty("span_id").GetString());
    }

    [Fact]
    public void JsonEntry_HasTheMembersOfTheFrameworksForm() =>
        Assert.Equal(
            """{"Timestamp":"2026-01-01T00:00:00.000Z","EventId":5001,"LogLevel":"Warning","Category":"ClamProxy."""
            + """Fetching","Message":"found \u001B[31m7\n","State":{"Message":"found \u001B[31m7\n","Count":7,"Ratio":0.5,"IsKnown":true,"Name":"""
            + "\"a\\u0022b\",\"Nothing\":null,\"Size\":\"00:00:01\"}}\n",
            Json("found \u001b[31m7\n", [new("Count", 7L), new("Ratio", 0.5), new("IsKnown", true),
                new("Name", "a\"b"), new("Nothing", null), new("Size", TimeSpan.FromSeconds(1))]));

    [Fact]
    public void RequestsOfAspNetCore_AreNoActivitiesForTheLogsSake()
    {
        const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";
        Assert.False(Enabled(new(), Category, LogLevel.Critical));
        Assert.True(Enabled(new(), Category, LogLevel.Error));
        Assert.True(Enabled(new(), "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical));
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
        new LineFormatter(FakeClock.Create()).Write(entry, null, text);
        return text.ToString();
    }

    private static string Json(string message, IReadOnlyList<KeyValuePair<string, object?>> state)
    {
        using var text = new StringWriter(new StringBuilder());
        var entry = new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
            LogLevel.Warning, "ClamProxy.Fetching", new EventId(5001), state, null, (_, _) => message);
        new JsonFormatter(FakeClock.Create()).Write(entry, null, text);
        return text.ToString();
    }

    private static bool Enabled(LoggingOptions options, string category, LogLevel level)
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.AddClamProxyLogging(options)).BuildServiceProvider();
        return services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);
    }
}
