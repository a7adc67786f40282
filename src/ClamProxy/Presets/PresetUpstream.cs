using System.Text.Json.Serialization;

namespace ClamProxy.Presets;

/// <summary>An upstream that an operator names.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PresetUpstream
{
    /// <summary>What is there.</summary>
    public required string Is { get; init; }

    /// <summary>What one looks like.</summary>
    public required string Example { get; init; }

    /// <summary>The default URL; null: there is none.</summary>
    public string? Default { get; init; }

    /// <summary>Whether the preset works without it.</summary>
    public bool Optional { get; init; }
}
