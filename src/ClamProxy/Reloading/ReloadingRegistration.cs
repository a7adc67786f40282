using ClamProxy.Configuration;

namespace ClamProxy.Reloading;

internal static class ReloadingRegistration
{
    /// <summary>Adds what reads the configuration again while the process runs.</summary>
    /// <param name="settings">Those of the start, all of them read.</param>
    /// <param name="args">The command line of the start.</param>
    /// <param name="files">What the configuration was read from.</param>
    public static IServiceCollection AddReloading(
        this IServiceCollection services, SettingsReader settings, string[] args, ConfigurationFiles files) => services
        .AddSingleton(settings.Get<ReloadOptions>())
        .AddSingleton(new StartArguments(args))
        .AddSingleton(files)
        .AddSingleton(provider => new ReloadState(settings.Effective(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ReloadMetrics>()
        .AddSingleton<ReloadTargets>()
        .AddSingleton<ConfigurationReload>()
        .AddHostedService<ReloadTriggers>();
}
