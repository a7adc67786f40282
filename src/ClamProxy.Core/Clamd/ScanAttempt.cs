namespace ClamProxy.Core.Clamd;

/// <summary>What one scanner made of one content: a reply, or the fault that kept it from one.</summary>
internal readonly record struct ScanAttempt(ClamdReply Reply, ClamdException? Fault)
{
    /// <summary>What the process that answered reported before the scan began.</summary>
    public ScannerVersion? Version { get; init; }

    /// <summary>What that process was shown to do.</summary>
    public ScannerLimits? Limits { get; init; }
}
