using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>The JSON of messages. Unknown properties are ignored: other producers and newer versions may add some.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    UseStringEnumConverter = true,
    MaxDepth = 8,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(KafkaMessage))]
[JsonSerializable(typeof(KafkaResult))]
internal sealed partial class KafkaJson : JsonSerializerContext;
