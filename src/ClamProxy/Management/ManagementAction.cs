using System.Text.Json;

namespace ClamProxy.Management;

/// <summary>Something that an operator has done by a POST to the management port.</summary>
/// <param name="Path">Such as <c>/rescan</c>.</param>
/// <param name="RunAsync">Does it: what the request's JSON object says, and what it is answered with.</param>
internal sealed record ManagementAction(string Path, Func<JsonElement, CancellationToken, Task<ManagementAnswer>> RunAsync);
