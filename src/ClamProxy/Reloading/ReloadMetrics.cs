using System.Diagnostics.Metrics;

namespace ClamProxy.Reloading;

/// <summary>What the reloads come to. Meter <c>ClamProxy.Config</c>.</summary>
internal sealed class ReloadMetrics
{
    public const string MeterName = "ClamProxy.Config";

    private readonly Counter<long> _reloads;

    public ReloadMetrics(IMeterFactory meters, ReloadState state)
    {
        var meter = meters.Create(MeterName);
        _reloads = meter.CreateCounter<long>(
            "clamproxy.config.reloads", "{reload}", "Reloads of the configuration, by what became of them.");
        meter.CreateObservableGauge(
            "clamproxy.config.loaded",
            () => (double)state.Readiness.LoadedAt.ToUnixTimeSeconds(),
            "s",
            "When the configuration in force was read, in seconds since 1970.");
        foreach (var outcome in new[] { ReloadOutcome.Done, ReloadOutcome.Unchanged, ReloadOutcome.Refused })
        {
            _reloads.Add(0, Tag(outcome));
        }
    }

    public void Reloaded(ReloadOutcome outcome) => _reloads.Add(1, Tag(outcome));

    private static KeyValuePair<string, object?> Tag(ReloadOutcome outcome) => new("outcome", outcome switch
    {
        ReloadOutcome.Done => "done",
        ReloadOutcome.Unchanged => "unchanged",
        ReloadOutcome.Refused => "refused",
        ReloadOutcome.None => throw new InvalidOperationException("nothing was reloaded"),
    });
}
