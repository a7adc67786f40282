namespace ClamProxy.Core.Buckets.Sns;

/// <summary>A notice could not be sent. Its message says why in an operator's words, and holds no secret.</summary>
internal sealed class SnsException(string message) : IOException(message);
