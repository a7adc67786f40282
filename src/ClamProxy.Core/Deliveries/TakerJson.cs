using System.Text.Json.Serialization;

namespace ClamProxy.Core.Deliveries;

[JsonSerializable(typeof(string?[]))]
internal sealed partial class TakerJson : JsonSerializerContext;
