using ClamProxy.Core.Settings;

namespace ClamProxy.Presets;

/// <summary>Which presets are in use.</summary>
public sealed class PresetOptions : ISettings
{
    public static string Section => "";

    /// <summary>
    /// Ready-made routes for an ecosystem; docs/clients/README.md lists them and their upstream variables. Default: none.
    /// </summary>
    [Setting("takes names of presets, such as pypi,npm", Variable = "PRESETS")]
    public IReadOnlyList<string> Presets { get; init; } = [];

    public IEnumerable<SettingProblem> Problems() => Presets
        .Where(name => !PresetCatalog.All.ContainsKey(name))
        .Select(
            name =>
                new SettingProblem(
                    nameof(Presets), name, $"takes names of presets, which are {string.Join(", ", PresetCatalog.All.Keys)}"));
}
