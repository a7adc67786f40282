using ClamProxy.Configuration;

namespace ClamProxy.Admin.Settings;

/// <summary>One setting as it counts.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Variable">Its short variable; null: it has none.</param>
/// <param name="Value">Its value, without secrets; null: unset.</param>
/// <param name="Origin">default, environment, command line, preset, or the path of a file.</param>
/// <param name="NeedsRestart">Whether it was changed since and the new value counts after the next start only.</param>
internal sealed record SettingAnswer(string Key, string? Variable, string? Value, string Origin, bool NeedsRestart)
{
    public static SettingAnswer Of(EffectiveSetting setting, IReadOnlyCollection<string> needRestart) =>
        new(setting.Key, setting.Variable, setting.Shown, setting.Origin, needRestart.Contains(setting.Key));
}
