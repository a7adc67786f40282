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
        foreach (var twice in Twice(flow => flow.Queue))
        {
            yield return new(
                $"{nameof(Buckets)}:{twice.Last().Key}:{nameof(BucketFlowOptions.Queue)}",
                twice.Key,
                $"{BucketFlowOptions.TakesQueue}; one of its own for each flow");
        }

        foreach (var twice in Twice(flow => flow.Token))
        {
            yield return new(
                $"{nameof(Buckets)}:{twice.Last().Key}:{nameof(BucketFlowOptions.Token)}",
                "***",
                $"{BucketFlowOptions.TakesToken}; one of its own for each flow");
        }

        foreach (var twice in Twice(flow => flow.SourceUrl is EventSourceUrl.Webhook ? "" : flow.Source))
        {
            yield return new(
                $"{nameof(Buckets)}:{twice.Last().Key}:{nameof(BucketFlowOptions.Source)}",
                EventSourceUrl.Masked(twice.Key),
                $"{EventSourceUrl.Takes}; one of its own for each flow");
        }
    }

    private IEnumerable<IGrouping<string, KeyValuePair<string, BucketFlowOptions>>> Twice(Func<BucketFlowOptions, string> text) =>
        Buckets.Where(flow => text(flow.Value).Length > 0).GroupBy(flow => text(flow.Value)).Where(same => same.Count() > 1);
}
