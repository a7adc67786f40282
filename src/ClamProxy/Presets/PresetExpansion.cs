using System.Text.Json;
using ClamProxy.Configuration;
using ClamProxy.Core.Download;

namespace ClamProxy.Presets;

/// <summary>
/// Turns one preset into plain settings. What the operator gave for its routes is heeded already here: a rewrite follows a moved path.
/// </summary>
internal sealed class PresetExpansion
{
    private readonly string _name;
    private readonly Preset _preset;
    private readonly SettingSource _given;
    private readonly Dictionary<string, string> _meanings = new(StringComparer.Ordinal);

    public PresetExpansion(string name, Preset preset, SettingSource given)
    {
        (_name, _preset, _given) = (name, preset, given);
        foreach (var (variable, upstream) in preset.Upstreams)
        {
            FindUpstream(variable, upstream);
        }

        foreach (var (route, keys) in preset.Routes.Where(route => Fill(Upstream(route.Value)) is not null))
        {
            _meanings[route] = (_given.FindKey(Key(route, "Path"))?.Value ?? keys["Path"].GetString()!).TrimEnd('/');
        }

        Settings = Problems.Count > 0 ? [] : [.. preset.Routes.Where(route => _meanings.ContainsKey(route.Key)).SelectMany(Expand)];
    }

    /// <summary>One line for each upstream that is missing or none.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>The settings; none where there are problems.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Settings { get; }

    private static string Upstream(IReadOnlyDictionary<string, JsonElement> route) => route["Upstream"].GetString()!;

    private static string Key(string route, string property) => $"{SettingsReader.Root}:Routes:{route}:{property}";

    private void FindUpstream(string variable, PresetUpstream upstream)
    {
        // The route's own key wins over the variable, as it does over the preset: rewriting has to look for the same upstream.
        var route = _preset.Routes.First(route => Upstream(route.Value) == $"${{{variable}}}").Key;
        var given = _given.FindKey(Key(route, "Upstream")) ?? _given.FindKey(variable);
        if ((given?.Value ?? upstream.Default) is not { } url)
        {
            if (!upstream.Optional)
            {
                Problems.Add(
                    SettingText.Line(
                        variable, "", $"takes an absolute URL such as {upstream.Example}: PRESETS={_name} needs it, for {upstream.Is}"));
            }
        }
        else if (Target.TryCreate(url, "/", out _) is null)
        {
            Problems.Add(
                SettingText.Line(
                    given!.Name,
                    url,
                    $"takes an absolute http or https URL without user-info, query or fragment, such as {upstream.Example}"));
        }
        else
        {
            _meanings[variable] = url.EndsWith('/') ? url : url + "/";
        }
    }

    private IEnumerable<KeyValuePair<string, string?>> Expand(KeyValuePair<string, IReadOnlyDictionary<string, JsonElement>> route) =>
        route.Value.SelectMany(property => Expand(Key(route.Key, property.Key), property.Value));

    private IEnumerable<KeyValuePair<string, string?>> Expand(string key, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [new(key, Fill(value.ToString()))];
        }

        // With commas, and not as an array: an operator's array would replace some of its elements only.
        JsonElement[] elements = [.. value.EnumerateArray()];
        return Array.TrueForAll(elements, element => element.ValueKind == JsonValueKind.String)
            ? [new(key, string.Join(',', elements.Select(element => element.GetString())))]
            : Objects(elements).SelectMany(
                (one, index) => one.Select(member => KeyValuePair.Create($"{key}:{index}:{member.Key}", member.Value)));
    }

    /// <summary>The objects whose texts all stand for something, each by its first member: two upstreams may be the same server.</summary>
    private IEnumerable<KeyValuePair<string, string?>[]> Objects(IEnumerable<JsonElement> elements) => elements
        .Select(
            element =>
                element.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Fill(member.Value.ToString()))).ToArray())
        .Where(one => Array.TrueForAll(one, member => member.Value is not null))
        .DistinctBy(one => one[0].Value);

    private string? Fill(string text) => PresetText.Fill(text, _meanings.GetValueOrDefault);
}
