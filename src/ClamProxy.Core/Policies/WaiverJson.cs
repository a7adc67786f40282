using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Core.Policies;

/// <summary>The JSON of the exceptions' file. A misspelt or doubled property is an error: a forgotten end must not go unseen.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    AllowTrailingCommas = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(List<WaiverValue>))]
internal sealed partial class WaiverJson : JsonSerializerContext;
