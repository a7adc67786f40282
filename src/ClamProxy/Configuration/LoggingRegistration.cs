using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace ClamProxy.Configuration;

/// <summary>Sets logging up.</summary>
internal static class LoggingRegistration
{
    private static readonly string[] Frameworks = ["Microsoft", "System", "Yarp", "Polly"];

    /// <summary>Replaces the providers by one that writes to one stream, as text or JSON, UTC, and quietens the frameworks.</summary>
    public static ILoggingBuilder AddClamProxyLogging(this ILoggingBuilder logging, LoggingOptions options, Stream? output = null)
    {
        logging.ClearProviders();
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.SetMinimumLevel(options.Level);
        var quiet = options.Level > LogLevel.Warning ? options.Level : LogLevel.Warning;
        foreach (var framework in Frameworks)
        {
            logging.AddFilter(framework, quiet);
        }

        // ASP.NET Core makes an activity for each request where this category is on at Critical, at which it has nothing to say: only a
        // listener is to make them.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level => level >= quiet && level != LogLevel.Critical);

        logging.Services
            .AddSingleton(options)
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
