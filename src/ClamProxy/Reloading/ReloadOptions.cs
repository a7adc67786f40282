using ClamProxy.Core.Settings;

namespace ClamProxy.Reloading;

/// <summary>How changes of the configuration are noticed.</summary>
public sealed class ReloadOptions : ISettings
{
    public static string Section => "Reload";

    /// <summary>
    /// How often the configuration files are looked at; a change counts once it is the same in two looks. 0: only a signal or a command
    /// reloads. Default: 5 s, which costs the reading of a few kilobytes.
    /// </summary>
    [Setting("takes a time from 0 (never) to 1 hour, such as 5s", Variable = "RELOAD_INTERVAL", Min = 0, Max = 3600)]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    public IEnumerable<SettingProblem> Problems() => [];
}
