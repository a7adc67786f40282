using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>The JSON of callbacks as they are stored and sent.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Callback))]
[JsonSerializable(typeof(CallbackBody))]
internal sealed partial class CallbackJson : JsonSerializerContext;
