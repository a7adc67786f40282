using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>All flows of buckets, by names of the operator's.</summary>
public sealed class BucketOptions : ISettings
{
    public static string Section => "";

    /// <summary>The flows. Default: none.</summary>
    [Setting("takes flows, each with at least Quarantine and Queue")]
    public IReadOnlyDictionary<string, BucketFlowOptions> Buckets { get; init; } = new Dictionary<string, BucketFlowOptions>();

    public IEnumerable<SettingProblem> Problems()
    {
        foreach (var (name, flow) in Buckets)
        {
            foreach (var problem in flow.Problems())
            {
                yield return problem with { Property = $"{nameof(Buckets)}:{name}:{problem.Property}" };
            }
        }

        // A worker takes whatever its queue has: two flows would take each other's events.
        var queues = Buckets.Where(flow => flow.Value.Queue.Length > 0).GroupBy(flow => flow.Value.Queue);
        foreach (var twice in queues.Where(same => same.Count() > 1))
        {
            yield return new(
                $"{nameof(Buckets)}:{twice.Last().Key}:{nameof(BucketFlowOptions.Queue)}",
                twice.Key,
                $"{BucketFlowOptions.TakesQueue}; one of its own for each flow");
        }
    }
}
