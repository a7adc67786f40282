namespace ClamProxy.Core.Clamd;

/// <summary>What one scanner made of one content: a reply, or the fault that kept it from one.</summary>
internal readonly record struct ScanAttempt(ClamdReply Reply, ClamdException? Fault);
