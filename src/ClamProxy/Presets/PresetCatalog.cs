using System.Text.Json;

namespace ClamProxy.Presets;

/// <summary>All presets: the JSON files of this folder, which are part of the program.</summary>
internal static class PresetCatalog
{
    private const string Folder = "Presets/";

    /// <summary>Each by its name, in any case; in the order of their names.</summary>
    public static IReadOnlyDictionary<string, Preset> All { get; } = Read();

    /// <summary>The variables of all presets' upstreams.</summary>
    public static IEnumerable<string> Variables => All.Values.SelectMany(preset => preset.Upstreams.Keys);

    private static OrderedDictionary<string, Preset> Read()
    {
        var assembly = typeof(PresetCatalog).Assembly;
        var presets = new OrderedDictionary<string, Preset>(StringComparer.OrdinalIgnoreCase);
        foreach (
            var file in assembly.GetManifestResourceNames().Where(
                name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var content = assembly.GetManifestResourceStream(file)!;
            presets.Add(file[Folder.Length..], JsonSerializer.Deserialize(content, PresetJson.Default.Preset)!);
        }

        return presets;
    }
}
