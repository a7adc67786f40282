namespace ClamProxy.Core.Buckets;

/// <summary>How the flows of this process are, for whoever asks without waiting.</summary>
public sealed class BucketHealth
{
    private readonly BucketFlows _flows;

    internal BucketHealth(BucketFlows flows) => _flows = flows;

    /// <summary>Each flow that has a source, and why it can do nothing, or not all; null: nothing is known against it.</summary>
    public IReadOnlyList<(string Flow, string? Problem)> Flows =>
        [.. _flows.All.Where(flow => flow.Source is not null).Select(flow => (flow.Name, flow.Problem))];
}
