using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Leases;

/// <summary>How processes that share one Redis tell each other what they are downloading.</summary>
public sealed class LeaseOptions : ISettings
{
    public static string Section => "Leases";

    /// <summary>
    /// How long a download is left to the process that began it after that one was last heard of. Default 10 seconds, range 1 second to 10
    /// minutes. It is renewed at a third of that, so two renewals may fail; a process that was killed holds others up for no longer, which
    /// stays below the 15 seconds after which pip gives up.
    /// </summary>
    [Setting("a time such as 00:00:10, 1 second to 10 minutes", Min = 1, Max = 600)]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<SettingProblem> Problems() => [];
}
