using System.Runtime.InteropServices;

namespace ClamProxy.Commands;

/// <summary>
/// Ends a command at the first SIGINT or SIGTERM, so that what was done is still told. A second one is left to the system.
/// </summary>
internal sealed class StopBySignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopBySignal() =>
        (_interrupt, _terminate) = (
            PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End));

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
