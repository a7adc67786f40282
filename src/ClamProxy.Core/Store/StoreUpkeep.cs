using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>Looks after the store while the process runs: counts and bounds it, sweeps leftovers, looks for damage.</summary>
internal sealed class StoreUpkeep(
    ContentStore store, StoreOptions options, ILogger<StoreUpkeep> logger, TimeProvider clock) : BackgroundService
{
    /// <summary>How much longer than it takes the pause after a count is.</summary>
    private const int PauseFactor = 50;

    private static readonly TimeSpan s_thoroughEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_scrubPause = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => store.IsOn
        ? Task.WhenAll(TidyAsync(stoppingToken), ScrubAsync(stoppingToken))
        : Task.CompletedTask;

    private async Task TidyAsync(CancellationToken stopping)
    {
        long? thoroughAt = null;
        while (!stopping.IsCancellationRequested)
        {
            var started = clock.GetTimestamp();
            var isThorough = thoroughAt is null || clock.GetElapsedTime(thoroughAt.Value) >= s_thoroughEvery;
            thoroughAt = isThorough ? started : thoroughAt;
            await TryAsync(() => store.TidyAsync(isThorough)).ConfigureAwait(false);
            var took = clock.GetElapsedTime(started);
            await PauseAsync(
                took * PauseFactor > options.TidyInterval ? took * PauseFactor : options.TidyInterval, stopping).ConfigureAwait(false);
        }
    }

    private async Task ScrubAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // First of all the requests of a start have their turn, and the files they ask for need no scrubbing.
            await PauseAsync(s_scrubPause, stopping).ConfigureAwait(false);
            await TryAsync(() => store.ScrubAsync(stopping)).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            logger.UpkeepFailed(e);
        }
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken stopping) =>
        Task.Delay(pause, clock, stopping).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
