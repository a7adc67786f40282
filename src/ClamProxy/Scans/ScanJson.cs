using System.Text.Json.Serialization;
using ClamProxy.Core.Jobs;
using ClamProxy.Doors.Api;

namespace ClamProxy.Scans;

/// <summary>The JSON that a server is asked with and answers, and the lines of <c>--json</c>. A newer server may say more.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScanUrlBody))]
[JsonSerializable(typeof(ScanVerdictAnswer))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(ScanLine))]
internal sealed partial class ScanJson : JsonSerializerContext;
