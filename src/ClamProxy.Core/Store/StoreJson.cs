using System.Text.Json.Serialization;

namespace ClamProxy.Core.Store;

/// <summary>The JSON of entries. Unknown properties are ignored, so that a newer version may add some; doubled ones are corrupt.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(EntryValue))]
internal sealed partial class StoreJson : JsonSerializerContext;
