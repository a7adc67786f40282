using System.Text.Json.Serialization;

namespace ClamProxy.Dashboard.Languages;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TextsJson : JsonSerializerContext;
