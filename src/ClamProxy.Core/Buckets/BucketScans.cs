using System.Runtime.CompilerServices;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Buckets;

/// <summary>Has objects go through their flow that nobody announced: one, or all of a bucket.</summary>
public sealed class BucketScans
{
    private readonly BucketFlows _flows;
    private readonly BucketSet _buckets;
    private readonly ConditionProbe _probe;
    private readonly BucketReport _report;

    internal BucketScans(BucketFlows flows, BucketSet buckets, ConditionProbe probe, BucketReport report) =>
        (_flows, _buckets, _probe, _report) = (flows, buckets, probe, report);

    /// <summary>Finds out, before the first object of a bucket, which conditions its store looks at.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task PrepareAsync(string bucket, CancellationToken isOver) => Task.WhenAll(
        _flows.All.Where(flow => (flow.Options.UntrustedPlace?.Bucket ?? bucket) == bucket).Select(flow => _probe.RunAsync(flow, isOver)));

    /// <returns>Also what went wrong is a result.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<FlowResult> RunAsync(string bucket, string key, CancellationToken isOver)
    {
        var told = new ObjectEvent(bucket, key);
        if (FlowOf(told) is not { } flow)
        {
            return new FlowResult.Unneeded("no flow of the settings takes it (Untrusted)");
        }

        var result = await flow.Flow.RunAsync(told, isOver).ConfigureAwait(false);
        await _report.EndedAsync(flow.Name, told, result).ConfigureAwait(false);
        return result;
    }

    /// <summary>The objects below a prefix that a flow takes, as the store lists them: of each key its current version.</summary>
    /// <exception cref="IOException">The bucket cannot be listed.</exception>
    public async IAsyncEnumerable<string> ListAsync(
        string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var key in _buckets.Of(bucket).ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (FlowOf(new ObjectEvent(bucket, key)) is not null)
            {
                yield return key;
            }
        }
    }

    private OpenFlow? FlowOf(ObjectEvent told) => _flows.All.FirstOrDefault(flow => flow.Flow.Refuse(told) is null);
}
