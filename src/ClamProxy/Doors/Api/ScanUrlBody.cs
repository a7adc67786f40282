using System.Text.Json.Serialization;

namespace ClamProxy.Doors.Api;

/// <summary>What <c>POST /scan/url</c> takes.</summary>
/// <param name="Url">An absolute http or https URL.</param>
/// <param name="Priority">high or normal; null: normal.</param>
/// <param name="Callback">Whom to tell of the result; null: nobody.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ScanUrlBody(string Url, string? Priority = null, string? Callback = null);
