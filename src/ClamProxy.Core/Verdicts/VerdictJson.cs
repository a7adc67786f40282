using System.Text.Json.Serialization;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// The JSON of stored records. Unknown properties are ignored, so that a newer version may add some; doubled ones are corrupt.
/// </summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(UrlValue))]
[JsonSerializable(typeof(ContentValue))]
internal sealed partial class VerdictJson : JsonSerializerContext;
