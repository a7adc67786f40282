using System.Text.Json.Serialization;

namespace ClamProxy.Core.Buckets;

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ObjectReport))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(ObjectNotice))]
internal sealed partial class ReportJson : JsonSerializerContext;
