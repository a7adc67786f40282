using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Buckets;

/// <summary>One flow of this process, with its source.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Options">Where objects come from and go to.</param>
/// <param name="Flow">What happens to each of them.</param>
/// <param name="Source">Who announces objects. Null: nobody does; commands name them.</param>
internal sealed record OpenFlow(string Name, BucketFlowOptions Options, BucketFlow Flow, IEventSource? Source)
{
    private volatile string? _problem;

    /// <summary>Why no message can be had at the moment, in words; null: nothing is known against it.</summary>
    public string? Problem
    {
        get => _problem;
        set => _problem = value;
    }
}
