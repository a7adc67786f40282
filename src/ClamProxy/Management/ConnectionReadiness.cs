namespace ClamProxy.Management;

/// <summary>The client connections, as /readyz shows them.</summary>
/// <param name="Open">How many there are.</param>
/// <param name="Most">How many there may be.</param>
/// <param name="AreExhausted">A new client's would be closed at once: all are in use, and none is idle.</param>
internal sealed record ConnectionReadiness(long Open, long Most, bool AreExhausted);
