using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs;

/// <summary>The JSON of stored jobs and outcomes. Unknown properties are ignored, so that a newer version may add some.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobOutcome))]
internal sealed partial class JobJson : JsonSerializerContext;
