using ClamProxy.Configuration;

namespace ClamProxy.Admin.Settings;

/// <summary>The configuration in force.</summary>
/// <param name="LoadedAt">When it was read.</param>
/// <param name="Problem">What is wrong with the one that was to take its place; null: nothing.</param>
/// <param name="Settings">Every setting, in the order of the keys.</param>
internal sealed record ConfigAnswer(DateTimeOffset LoadedAt, string? Problem, IReadOnlyList<SettingAnswer> Settings)
{
    public static ConfigAnswer Of(
        IEnumerable<EffectiveSetting> settings, IReadOnlyCollection<string> needRestart, DateTimeOffset loadedAt, string? problem) =>
        new(loadedAt, problem, [.. settings.Select(setting => SettingAnswer.Of(setting, needRestart))]);
}
