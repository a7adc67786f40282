using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Finds out, once, whether a store deletes only the version that is meant, and replaces only what may be replaced. AWS does.
/// </summary>
internal sealed class ConditionProbe(BucketSet buckets, S3Options options, BucketReport report)
{
    private const string Name = ".clamproxy-probe-";

    /// <summary>Whether an object is one that is put for this, and deleted: it is never scanned, and so never clean.</summary>
    public static bool IsProbe(string key) => key[(key.LastIndexOf('/') + 1)..].StartsWith(Name, StringComparison.Ordinal);

    public async Task RunAsync(OpenFlow flow, CancellationToken cancellationToken)
    {
        var isMoved = flow.Options.Moves;
        var place = isMoved && flow.Options.UntrustedPlace is { } untrusted ? untrusted : flow.Options.QuarantinePlace;
        if (!flow.Options.Places || options.EndpointUrl.Length == 0 || place is null)
        {
            return;
        }

        var bucket = buckets.Of(place.Bucket);
        try
        {
            var conditions = await bucket.TryConditionsAsync($"{place.Prefix}{Name}{Guid.NewGuid():N}", cancellationToken)
                .ConfigureAwait(false);
            if (!conditions.OnPuts)
            {
                flow.Flow.DoWithoutConditions();
                report.PutsUnconditionally(flow.Name, options.Name);
            }

            if (isMoved && !conditions.OnDeletions)
            {
                report.IgnoresConditions(flow.Name, place.Bucket);
            }
        }
        catch (S3Exception e)
        {
            report.NotProbed(flow.Name, place.Bucket, e.Message);
        }
    }
}
