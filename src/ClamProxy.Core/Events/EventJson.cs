using System.Text.Json.Serialization;

namespace ClamProxy.Core.Events;

/// <summary>The JSON of events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CloudEvent))]
[JsonSerializable(typeof(RefusalData))]
[JsonSerializable(typeof(LateData))]
[JsonSerializable(typeof(TestData))]
internal sealed partial class EventJson : JsonSerializerContext;
