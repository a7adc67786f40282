using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Presets;

/// <summary>The routes of one ecosystem, as its file says. Texts may hold <c>${X}</c>: docs/development/presets.md says which.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Preset
{
    /// <summary>What it is for, in a sentence.</summary>
    public required string About { get; init; }

    /// <summary>Where its files come from, by the variable that says so.</summary>
    public required IReadOnlyDictionary<string, PresetUpstream> Upstreams { get; init; }

    /// <summary>
    /// Its routes by name, with the keys that <c>ClamProxy:Routes:…</c> has. One whose upstream is optional and not given is left out.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Routes { get; init; }

    /// <summary>What its clients need to know.</summary>
    public required IReadOnlyList<PresetSnippet> Clients { get; init; }
}
