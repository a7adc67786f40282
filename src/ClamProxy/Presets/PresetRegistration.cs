using ClamProxy.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace ClamProxy.Presets;

internal static class PresetRegistration
{
    /// <summary>
    /// Puts the settings of the chosen presets below all others, where each of them can be overridden. Call it before settings are read.
    /// </summary>
    /// <returns>What keeps a preset from working, one line each. Names that no preset has are a problem of
    /// <see cref="PresetOptions"/>.</returns>
    public static IReadOnlyList<string> AddPresets(this ConfigurationManager configuration)
    {
        var given = new SettingSource(configuration);
        PresetExpansion[] chosen =
        [
            .. new SettingsReader(configuration).Read<PresetOptions>().Presets
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Where(PresetCatalog.All.ContainsKey)
                .Select(name => new PresetExpansion(name, PresetCatalog.All[name], given)),
        ];
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = chosen.SelectMany(preset => preset.Settings) });
        return [.. chosen.SelectMany(preset => preset.Problems)];
    }
}
