using System.Text.Json.Serialization;

namespace ClamProxy.Presets;

/// <summary>What makes one client ask ClamProxy.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PresetSnippet
{
    /// <summary>Which client, and where it reads this.</summary>
    public required string For { get; init; }

    /// <summary>The lines, in the client's own language. One whose <c>${X}</c> stands for nothing is left out.</summary>
    public required IReadOnlyList<string> Lines { get; init; }
}
