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

    /// <summary>Tells the flow and the log.</summary>
    public async Task RunAsync(OpenFlow flow, CancellationToken cancellationToken)
    {
        if (options.EndpointUrl.Length == 0)
        {
            flow.Flow.Conditions = StoreConditions.All;
            return;
        }

        var isMoved = flow.Options.Moves;
        var untrusted = isMoved ? flow.Options.UntrustedPlace : null;
        if (!flow.Options.Places || (untrusted ?? flow.Options.QuarantinePlace) is not { } place)
        {
            return;
        }

        try
        {
            var found = await buckets.Of(place.Bucket)
                .TryConditionsAsync($"{place.Prefix}{Name}{Guid.NewGuid():N}", cancellationToken).ConfigureAwait(false);
            Tell(flow, place, found);
            flow.Flow.Conditions = found with
            {
                OnDeletions = found.OnDeletions && untrusted is not null,
                OnNewKeys = found.OnPuts && await CanRefuseAsync(flow.Options.CleanPlace, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (S3Exception e)
        {
            report.NotProbed(flow.Name, place.Bucket, e.Message);
        }
    }

    private void Tell(OpenFlow flow, S3Place place, StoreConditions found)
    {
        if (!found.OnPuts)
        {
            report.PutsUnconditionally(flow.Name, options.Name);
        }

        if (flow.Options.Moves && !found.OnDeletions)
        {
            report.IgnoresConditions(flow.Name, place.Bucket);
        }
    }

    /// <summary>
    /// Nothing is put into a clean bucket to try it: its readers would see that. Ceph takes any condition where versions are kept.
    /// </summary>
    private async Task<bool> CanRefuseAsync(S3Place? clean, CancellationToken cancellationToken) =>
        clean is not null && await buckets.Of(clean.Bucket).IsWithoutVersionsAsync(cancellationToken).ConfigureAwait(false);
}
