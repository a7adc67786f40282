using System.Globalization;
using ClamProxy.Core.Settings;

namespace ClamProxy.Stopping;

/// <summary>How the process ends when it is asked to.</summary>
public sealed class StopOptions : ISettings
{
    /// <summary>
    /// What held clients get at the deadline still has to leave: nothing that is under way survives the deadline by more than this.
    /// </summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public static string Section => "Stop";

    /// <summary>
    /// How long after SIGTERM the proxy still takes connections, while <c>/readyz</c> says already that it stops: so long may a load
    /// balancer take to notice. SIGINT skips it. Default: 5 s, within which Kubernetes takes an endpoint out of its services.
    /// </summary>
    [Setting("takes a time from 0 to 10 minutes, such as 5s", Variable = "STOP_DELAY", Min = 0, Max = 600)]
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long after SIGTERM, the delay included, downloads and scans under way may take to finish; then they are cancelled, and 2 seconds
    /// later the process is gone. Default: 25 s, below the 30 after which Kubernetes kills (terminationGracePeriodSeconds).
    /// </summary>
    [Setting("takes a time from 1 second to 1 hour, longer than STOP_DELAY", Variable = "STOP_WITHIN", Min = 1, Max = 3600)]
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>What is left for flights to finish once none may begin.</summary>
    internal TimeSpan DrainTime => Within - Delay;

    public IEnumerable<SettingProblem> Problems()
    {
        if (Within <= Delay)
        {
            yield return new(
                nameof(Within),
                Within.ToString("c", CultureInfo.InvariantCulture),
                "takes a time from 1 second to 1 hour, longer than STOP_DELAY");
        }
    }
}
