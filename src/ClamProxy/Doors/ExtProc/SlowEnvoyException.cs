namespace ClamProxy.Doors.ExtProc;

/// <summary>Envoy did not read an answer in time.</summary>
internal sealed class SlowEnvoyException(string message, Exception cause) : IOException(message, cause);
