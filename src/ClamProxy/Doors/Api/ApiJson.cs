using System.Text.Json.Serialization;
using ClamProxy.Core.Jobs;
using ClamProxy.Doors.Api.Monitoring;

namespace ClamProxy.Doors.Api;

/// <summary>The JSON that the API answers. What is not known is there as null, as clients of earlier services expect.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ScanUrlBody))]
[JsonSerializable(typeof(ScanVerdictAnswer))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobPageAnswer))]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(WebhookAnswer))]
[JsonSerializable(typeof(WebhookListAnswer))]
[JsonSerializable(typeof(IReadOnlyList<JobAnswer>))]
[JsonSerializable(typeof(MonitorAnswer))]
[JsonSerializable(typeof(MonitorScanner))]
internal sealed partial class ApiJson : JsonSerializerContext;
