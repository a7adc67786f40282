using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Configuration;

/// <summary>What is logged at this moment. Another level counts at once, for loggers that exist already too.</summary>
internal sealed class LogLevels(LogLevel level) : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>
{
    private static readonly string[] Frameworks = ["Microsoft", "System", "Yarp", "Polly", "Grpc"];

    private volatile ConfigurationReloadToken _change = new();
    private volatile int _level = (int)level;

    public LogLevel Level => (LogLevel)_level;

    /// <summary>All options have this name.</summary>
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => _change;

    public void Use(LogLevel level)
    {
        _level = (int)level;
        var before = _change;
        _change = new ConfigurationReloadToken();
        before.OnReload();
    }

    public void Configure(LoggerFilterOptions options)
    {
        var level = Level;
        var quiet = level > LogLevel.Warning ? level : LogLevel.Warning;
        options.MinLevel = level;
        foreach (var framework in Frameworks)
        {
            options.AddFilter(framework, quiet);
        }

        // ASP.NET Core makes an activity for each request where this category is on at Critical, at which it has nothing to say: only a
        // listener is to make them.
        options.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", one => one >= quiet && one != LogLevel.Critical);
    }
}
