using ClamProxy.Core.Settings;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace ClamProxy.Configuration;

/// <summary>
/// Finds what the operator gave, and under which name. Empty text counts as not given at all, so that a compose file may pass
/// <c>REDIS_URL=${REDIS_URL:-}</c>: it neither wins nor hides what a source of less weight says.
/// </summary>
internal sealed class SettingSource(IConfigurationRoot root)
{
    private readonly IConfigurationProvider[] _strongestFirst = [.. root.Providers.Reverse()];

    /// <summary>The value of one setting: its short name, its alias, then the section.</summary>
    public GivenSetting? Find(string path, SettingAttribute setting) =>
        Names(path, setting).Select(FindKey).FirstOrDefault(given => given is not null);

    /// <summary>The value of one key, or of one variable.</summary>
    public GivenSetting? FindKey(string key)
    {
        foreach (var provider in _strongestFirst)
        {
            if (Text(provider, key) is { } text)
            {
                return new(Shown(provider, key), text, OriginOf(provider));
            }
        }

        return null;
    }

    /// <summary>The elements of a list: commas in one text, or an array; null when it is not given.</summary>
    public IReadOnlyList<GivenSetting>? FindList(string path, SettingAttribute setting)
    {
        if (Names(path, setting).SkipLast(1).Select(FindKey).FirstOrDefault(given => given is not null) is { } shortName)
        {
            return Split(shortName);
        }

        foreach (var provider in _strongestFirst)
        {
            if (Text(provider, path) is { } text)
            {
                return Split(new(Shown(provider, path), text, OriginOf(provider)));
            }

            if (provider.GetChildKeys([], path).Any())
            {
                return [.. root.GetSection(path).GetChildren().Select(child => FindKey(child.Path)).OfType<GivenSetting>()];
            }
        }

        return null;
    }

    /// <summary>The name to blame for a setting: the one that was used, else the shortest that could have been.</summary>
    public string NameOf(string path, SettingAttribute? setting)
    {
        if (setting is null)
        {
            return NameOf(path);
        }

        return Find(path, setting)?.Name ?? (FindList(path, setting) is [var first, ..] ? first.Name : null) ?? setting.Variable ?? path;
    }

    /// <summary>The name under which a key of the section was given.</summary>
    public string NameOf(string path) =>
        Array.Find(_strongestFirst, provider => Text(provider, path) is not null || provider.GetChildKeys([], path).Any()) is { } provider
            ? Shown(provider, path)
            : path;

    private static string OriginOf(IConfigurationProvider provider) => provider switch
    {
        EnvironmentVariablesConfigurationProvider => "environment",
        CommandLineConfigurationProvider => "command line",
        FileConfigurationProvider { Source: { Path: { } path } source } => source.FileProvider?.GetFileInfo(path).PhysicalPath ?? path,
        _ => "preset",
    };

    private static IEnumerable<string> Names(string path, SettingAttribute setting) =>
        new[] { setting.Variable, setting.Alias, path }.OfType<string>();

    private static string? Text(IConfigurationProvider provider, string key) =>
        provider.TryGet(key, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static GivenSetting[] Split(GivenSetting given) =>
        [
            .. given.Value.Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one => given with { Value = one })];

    private static string Shown(IConfigurationProvider provider, string key) =>
        provider is EnvironmentVariablesConfigurationProvider ? key.Replace(":", "__", StringComparison.Ordinal) : key;
}
