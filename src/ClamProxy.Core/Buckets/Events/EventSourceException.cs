namespace ClamProxy.Core.Buckets.Events;

/// <summary>A source of events failed. Its message says why in an operator's words, and holds no secret.</summary>
internal class EventSourceException(string message, Exception? inner = null) : IOException(message, inner);
