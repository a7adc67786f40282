namespace ClamProxy.Process.Tests.Clients;

/// <summary>What a client did.</summary>
/// <param name="ExitCode">0 when all went well.</param>
/// <param name="Screen">All that it printed.</param>
public sealed record ClientRun(int ExitCode, string Screen);
