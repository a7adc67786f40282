namespace ClamProxy.TestKit;

/// <summary>A span that a receiver of OTLP got.</summary>
/// <param name="Name">Such as <c>clamproxy.scan</c>.</param>
/// <param name="Id">16 hex digits.</param>
/// <param name="Parent">The span that it is a part of; null for the first of a trace.</param>
/// <param name="Json">The whole of it.</param>
public sealed record ReceivedSpan(string Name, string Id, string? Parent, string Json);
