using ClamProxy.Core.Objects.S3;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Asks the buckets of each flow whether they are there and may be listed, from the start on. Flows work without it: it only says what is
/// missing before an object comes.
/// </summary>
internal sealed class BucketCheck(BucketFlows flows, BucketSet buckets, BucketReport report, TimeProvider clock) : BackgroundService
{
    // AWS takes money for each listing.
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(flows.All.Where(flow => flow.Source is not null).Select(flow => WatchAsync(flow, stoppingToken)));

    private async Task WatchAsync(OpenFlow flow, CancellationToken stopping)
    {
        for (var failures = 0; !stopping.IsCancellationRequested;)
        {
            await LookAsync(flow, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failures = flow.PlacesProblem is null ? 0 : failures + 1;
            await Task.Delay(CheckPause.After(failures, s_interval), clock, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(OpenFlow flow, CancellationToken stopping)
    {
        foreach (var (name, place) in PlacesOf(flow.Options))
        {
            try
            {
                await buckets.Of(place.Bucket).AskAsync(place.Prefix, stopping).ConfigureAwait(false);
            }
            catch (S3Exception e)
            {
                report.Places(flow, $"{name}: {e.Message}");
                return;
            }
        }

        report.Places(flow, null);
    }

    private static IEnumerable<(string Name, S3Place Place)> PlacesOf(BucketFlowOptions options)
    {
        if (options.UntrustedPlace is { } untrusted)
        {
            yield return (nameof(options.Untrusted), untrusted);
        }

        if (options.Places && options.CleanPlace is { } clean)
        {
            yield return (nameof(options.Clean), clean);
        }

        if (options.Places && options.QuarantinePlace is { } quarantine)
        {
            yield return (nameof(options.Quarantine), quarantine);
        }
    }
}
