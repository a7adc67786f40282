using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// Asks the bucket whether it can be used: when the process starts by an object that is put, found, listed and deleted, from then on by
/// listing. The process starts without it.
/// </summary>
internal sealed class S3Check(S3Bucket bucket, S3Place place, TimeProvider clock, ILogger<S3Check> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private volatile string? _problem = "the bucket of contents was not asked yet";
    private bool _isProven;

    /// <summary>Why the bucket cannot be used at the moment, in words; null: it can.</summary>
    public string? Problem => _problem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            await LookAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failures = _problem is null ? 0 : failures + 1;
            await Task.Delay(CheckPause.After(failures, s_interval), clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (_isProven ? bucket.AskAsync(place.Prefix, cancellationToken) : ProveAsync(cancellationToken)).ConfigureAwait(false);
            _isProven = true;
            if (_problem is not null)
            {
                _problem = null;
                logger.Usable(place.Bucket);
            }
        }
        catch (S3Exception e)
        {
            var problem = $"contents cannot be kept: {e.Message}";
            if (_problem != problem)
            {
                _problem = problem;
                logger.Unusable(place.Bucket, e.Message);
            }
        }
    }

    /// <summary>What a killed process leaves of it has a job's key, and is swept as such.</summary>
    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        await bucket.AskAsync(place.Prefix, cancellationToken).ConfigureAwait(false);
        var key = place.KeyOf(ObjectKey.Of(Guid.CreateVersion7(clock.GetUtcNow()).ToString(), "check"));
        using (var content = new BytesContent())
        {
            await bucket.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        }

        if (await bucket.FindAsync(key, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new S3Exception(S3Fault.Other, $"an object that was put into bucket {place.Bucket} is not there");
        }

        await bucket.DeleteAllAsync(key, cancellationToken).ConfigureAwait(false);
    }
}
