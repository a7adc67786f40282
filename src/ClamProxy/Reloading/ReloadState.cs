using ClamProxy.Configuration;
using ClamProxy.Management;

namespace ClamProxy.Reloading;

/// <summary>The settings in force, and what became of the last reload.</summary>
internal sealed class ReloadState(IReadOnlyList<EffectiveSetting> settings, TimeProvider clock)
{
    private volatile Moment _now = new(settings, [], clock.GetUtcNow(), null);

    /// <summary>Every setting as it counts now.</summary>
    public IReadOnlyList<EffectiveSetting> Settings => _now.Settings;

    /// <summary>The keys of settings that were changed and count only after the next start.</summary>
    public IReadOnlyList<string> NeedRestart => _now.NeedRestart;

    public ConfigurationReadiness Readiness => new(_now.LoadedAt, _now.Problem);

    public void Loaded(IReadOnlyList<EffectiveSetting> settings, IReadOnlyList<string> needRestart) =>
        _now = new(settings, needRestart, clock.GetUtcNow(), null);

    public void Refused(string problem) => _now = _now with { Problem = problem };

    private sealed record Moment(
        IReadOnlyList<EffectiveSetting> Settings, IReadOnlyList<string> NeedRestart, DateTimeOffset LoadedAt, string? Problem);
}
