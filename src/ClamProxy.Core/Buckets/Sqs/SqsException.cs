using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Buckets.Sqs;

/// <summary>A call to a queue failed. Its message says why in an operator's words, and holds no secret.</summary>
internal sealed class SqsException(string message) : EventSourceException(message);
