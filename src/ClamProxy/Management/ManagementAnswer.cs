namespace ClamProxy.Management;

/// <summary>What an action is answered with.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">A JSON object.</param>
internal sealed record ManagementAnswer(int Status, byte[] Body);
