using System.Text.Json.Serialization;
using ClamProxy.Admin.Events;
using ClamProxy.Admin.Rules;
using ClamProxy.Admin.Scanners;
using ClamProxy.Admin.Settings;
using ClamProxy.Admin.Verdicts;

namespace ClamProxy.Admin;

/// <summary>The JSON of the admin API. A misspelt or doubled member is an error: a forgotten end must not go unseen.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(VerdictListAnswer))]
[JsonSerializable(typeof(SubjectBody))]
[JsonSerializable(typeof(PurgeAnswer))]
[JsonSerializable(typeof(RescanAnswer))]
[JsonSerializable(typeof(RuleListAnswer))]
[JsonSerializable(typeof(RuleAnswer))]
[JsonSerializable(typeof(WaiverBody))]
[JsonSerializable(typeof(BlockBody))]
[JsonSerializable(typeof(ScannerListAnswer))]
[JsonSerializable(typeof(ScannerBody))]
[JsonSerializable(typeof(EventListAnswer))]
[JsonSerializable(typeof(EventBody))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(ConfigAnswer))]
[JsonSerializable(typeof(ReloadAnswer))]
[JsonSerializable(typeof(NoBody))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
