using System.Runtime.InteropServices;

namespace ClamProxy.Stopping;

/// <summary>
/// The first signal begins the stop: at once with SIGINT, which somebody at a terminal sends, and after the announced delay with SIGTERM
/// and SIGQUIT. A second one, whichever, is left to the system, which ends the process where it stands.
/// </summary>
internal sealed class StopSignals(
    IHostApplicationLifetime lifetime, StopState state, StopOptions options, TimeProvider clock, ILogger<StopSignals> logger)
    : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private ITimer? _delay;
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        }

        // Its default would end the process. What it is for comes with ReloadTriggers, once the process has started.
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _delay?.Dispose();
    }

    private static void Ignore(PosixSignalContext context) => context.Cancel = true;

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            return;
        }

        context.Cancel = true;
        state.Announce();
        var delay = context.Signal == PosixSignal.SIGINT ? TimeSpan.Zero : options.Delay;
        logger.Asked(context.Signal, delay.TotalSeconds, options.DrainTime.TotalSeconds);
        _delay = clock.CreateTimer(_ => lifetime.StopApplication(), null, delay, Timeout.InfiniteTimeSpan);
    }
}
