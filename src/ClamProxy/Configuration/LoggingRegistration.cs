using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ClamProxy.Configuration;

/// <summary>Sets logging up.</summary>
internal static class LoggingRegistration
{
    /// <summary>Replaces the providers by one that writes to one stream, as text or JSON, UTC, and quietens the frameworks.</summary>
    public static ILoggingBuilder AddClamProxyLogging(this ILoggingBuilder logging, LoggingOptions options, Stream? output = null)
    {
        logging.ClearProviders();
        logging.Services.TryAddSingleton(TimeProvider.System);
        var levels = new LogLevels(options.Level);
        logging.Services
            .AddSingleton(options)
            .AddSingleton(levels)
            .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(levels)
            .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(levels)
            .AddSingleton<ConsoleFormatter>(services => options.Format switch
            {
                LogFormat.Text => new LineFormatter(services.GetRequiredService<TimeProvider>()),
                LogFormat.Json => new JsonFormatter(services.GetRequiredService<TimeProvider>()),
            })
            .AddSingleton(services => new OutputLoggers(
                services.GetRequiredService<ConsoleFormatter>(), options, output ?? Console.OpenStandardOutput()))
            .AddSingleton<ILoggerProvider>(services => services.GetRequiredService<OutputLoggers>())
            .AddSingleton<LoggingMetrics>();
        return logging;
    }
}
