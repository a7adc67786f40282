using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Presets;

/// <summary>Reads a preset's file; comments are allowed.</summary>
[JsonSourceGenerationOptions(ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(Preset))]
internal sealed partial class PresetJson : JsonSerializerContext;
