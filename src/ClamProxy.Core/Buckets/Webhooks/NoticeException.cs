namespace ClamProxy.Core.Buckets.Webhooks;

/// <summary>A notice was not taken by its receiver. Its message says why in an operator's words, and holds no secret.</summary>
internal sealed class NoticeException(string message) : IOException(message);
