using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Buckets;

/// <summary>One flow of this process, with its source.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Options">Where objects come from and go to.</param>
/// <param name="Flow">What happens to each of them.</param>
/// <param name="Source">Who announces objects. Null: nobody does; commands name them.</param>
internal sealed record OpenFlow(string Name, BucketFlowOptions Options, BucketFlow Flow, IEventSource? Source)
{
    private volatile string? _sourceProblem;
    private volatile string? _placesProblem;
    private volatile string? _objectProblem;

    /// <summary>Why no message can be had at the moment, in words; null: nothing is known against it.</summary>
    public string? SourceProblem
    {
        get => _sourceProblem;
        set => _sourceProblem = value;
    }

    /// <summary>Why one of its buckets cannot be used at the moment, in words; null: nothing is known against them.</summary>
    public string? PlacesProblem
    {
        get => _placesProblem;
        set => _placesProblem = value;
    }

    /// <summary>All that is known against it, in words; null: nothing.</summary>
    public string? Problem
    {
        get
        {
            string?[] problems = [_sourceProblem, _placesProblem, _objectProblem];
            return problems.Any(one => one is not null) ? string.Join("; ", problems.OfType<string>()) : null;
        }
    }

    /// <summary>Keeps why the store or a queue left the last object where it was, until one is done: a right may be missing.</summary>
    public void Note(FlowResult result) => _objectProblem = result switch
    {
        FlowResult.Done => null,
        FlowResult.Later { Failure: { Reason: FailureReason.ObjectsUnavailable or FailureReason.JobsUnavailable } failure } =>
            $"the last object that failed: {failure.DetailAndCause}",
        _ => _objectProblem,
    };
}
