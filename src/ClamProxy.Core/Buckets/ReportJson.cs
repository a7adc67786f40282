using System.Text.Json.Serialization;

namespace ClamProxy.Core.Buckets;

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ObjectReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
