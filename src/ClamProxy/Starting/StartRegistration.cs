using ClamProxy.Configuration;

namespace ClamProxy.Starting;

internal static class StartRegistration
{
    // It logs why a start failed with its whole trace, beside the one line on stderr.
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Adds what says that the process has started, and leaves it to <see cref="StartFailure"/> to say why it has not.</summary>
    /// <remarks>Call it after logging is set up.</remarks>
    public static void AddStarting(this WebApplicationBuilder builder)
    {
        var state = new StartState();
        builder.Services.AddSingleton(state).AddSingleton<IcapListeners>().AddHostedService<StartNotice>();
        builder.Logging.AddFilter(Host, level => level == LogLevel.Critical || (level >= LogLevel.Warning && state.HasStarted));
    }
}
