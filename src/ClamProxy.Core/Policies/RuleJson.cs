using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Core.Policies;

/// <summary>
/// The JSON of the files of exceptions and blocks. A misspelt or doubled property is an error: a forgotten end must not go unseen.
/// </summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(List<WaiverValue>))]
[JsonSerializable(typeof(List<BlockValue>))]
internal sealed partial class RuleJson : JsonSerializerContext;
