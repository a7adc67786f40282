namespace ClamProxy.Core.Buckets.Sqs;

/// <summary>A message that the queue hides from others while it is worked on.</summary>
/// <param name="Id">The queue's.</param>
/// <param name="Receipt">What it is deleted, hidden longer or handed back by.</param>
/// <param name="Body">Its text.</param>
/// <param name="Receives">How often it was handed out, this time included.</param>
internal sealed record SqsMessage(string Id, string Receipt, string Body, int Receives);
