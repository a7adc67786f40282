using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Recalling;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RecallAnswer))]
[JsonSerializable(typeof(RecallProblem))]
internal sealed partial class RecallJson : JsonSerializerContext;
