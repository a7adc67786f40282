using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Finds out, once, whether a store deletes only the version that is meant. AWS does, and so does every store by the id of a version.
/// </summary>
internal sealed class ConditionProbe(BucketSet buckets, S3Options options, BucketReport report)
{
    private const string Name = ".clamproxy-probe-";

    /// <summary>Whether an object is one that is put for this, and deleted: it is never scanned, and so never clean.</summary>
    public static bool IsProbe(string key) => key[(key.LastIndexOf('/') + 1)..].StartsWith(Name, StringComparison.Ordinal);

    public async Task RunAsync(OpenFlow flow, CancellationToken cancellationToken)
    {
        if (flow.Options is not { Moves: true, UntrustedPlace: { } place } || options.EndpointUrl.Length == 0)
        {
            return;
        }

        var bucket = buckets.Of(place.Bucket);
        try
        {
            if (!await bucket.HasVersionsAsync(cancellationToken).ConfigureAwait(false)
                && !await bucket.LooksAtIfMatchAsync($"{place.Prefix}{Name}{Guid.NewGuid():N}", cancellationToken).ConfigureAwait(false))
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
