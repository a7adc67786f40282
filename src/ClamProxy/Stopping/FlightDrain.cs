using ClamProxy.Core.Fetching;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Stopping;

/// <summary>
/// Lets downloads and scans under way finish when the host stops, and cancels them at the deadline. The web server stops beside it: it
/// takes no connection any more, and waits for the answers that these flights give.
/// </summary>
internal sealed class FlightDrain(
    IHostApplicationLifetime lifetime,
    ContentGate gate,
    ContentScanner scanner,
    StopState state,
    StopOptions options,
    TimeProvider clock,
    ILogger<FlightDrain> logger)
    : IHostedService, IDisposable
{
    private CancellationTokenRegistration _registration;
    private Task _idle = Task.CompletedTask;
    private ITimer? _deadline;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = lifetime.ApplicationStopping.Register(Begin);
        return Task.CompletedTask;
    }

    /// <summary>Waits for flights that nobody waits for any more, too: what they find out is kept.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose()
    {
        _registration.Dispose();
        _deadline?.Dispose();
    }

    private void Begin()
    {
        state.Announce();
        _idle = DrainAsync();
        _deadline = clock.CreateTimer(_ => Cancel(), null, options.DrainTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A flight begins a scan at its end, and doors without flights begin scans as long as they have requests.</summary>
    private async Task DrainAsync()
    {
        await gate.RefuseFlights();
        await scanner.WhenIdle();
    }

    private void Cancel()
    {
        if (!_idle.IsCompleted)
        {
            logger.DeadlineOver();
            gate.CancelFlights();
            scanner.CancelScans();
        }
    }
}
