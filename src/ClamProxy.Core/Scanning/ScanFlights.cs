using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// The scans under way, by content. Each lives on its own: whoever leaves ends only its own wait, and a scan that nobody waits for any
/// more goes on, since clamd does
/// too. How many there are is bounded by those who want them and by the scanners' queue.
/// </summary>
internal sealed class ScanFlights : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ScanKey, ScanFlight> _byKey = [];
    private readonly CancellationTokenSource _stopping = new();

    // Completed while none is under way that a client began.
    private TaskCompletionSource _idle = new();
    private int _running;

    public ScanFlights() => _idle.SetResult();

    /// <summary>Joins the scan of the same content, or starts one.</summary>
    /// <param name="key">What it is shared by; null: it is shared with nobody.</param>
    /// <param name="clients">Who wants it.</param>
    /// <param name="isBackground">Nobody waits for it: the process may end without it.</param>
    /// <param name="start">The scan: for whom, and the token that ends it with the process.</param>
    /// <param name="isShared">Whether it was another's.</param>
    /// <returns>The wait for it; whoever waits no longer disposes of it.</returns>
    public ScanWait JoinOrStart(
        ScanKey? key,
        WaitingClients clients,
        bool isBackground,
        Func<WaitingClients, CancellationToken, Task<ScanResult>> start,
        out bool isShared)
    {
        ScanFlight? flight = null;
        lock (_gate)
        {
            isShared = key is { } known && _byKey.TryGetValue(known, out flight);
            if (flight is null)
            {
                flight = new ScanFlight();
                if (!isBackground && _running++ == 0)
                {
                    _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                if (key is { } newcomer)
                {
                    _byKey.Add(newcomer, flight);
                }
            }
        }

        var wait = new ScanWait(flight, clients);
        if (!isShared)
        {
            // The first client's ambient state (its activity, its logging scope) is not the scan's.
            DetachedWork.Start(() => RunAsync(key, flight, isBackground, start));
        }

        return wait;
    }

    /// <summary>Ends when none is under way that a client began.</summary>
    public Task WhenIdle()
    {
        lock (_gate)
        {
            return _idle.Task;
        }
    }

    /// <summary>Ends all that are under way; whoever waits is told that the process stops.</summary>
    public void Cancel() => _stopping.Cancel();

    public void Dispose() => Cancel();

    private async Task RunAsync(
        ScanKey? key, ScanFlight flight, bool isBackground, Func<WaitingClients, CancellationToken, Task<ScanResult>> start)
    {
        ScanResult result;
        try
        {
            result = await start(flight.Clients, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (_stopping.IsCancellationRequested)
        {
            result = new ScanResult.Failed(new Failure(FailureReason.Stopping, "ClamProxy is stopping.", e));
        }
        catch (Exception e)
        {
            result = new ScanResult.Failed(
                new Failure(FailureReason.Internal, "An internal error of ClamProxy; its log has the details.", e));
        }

        // First: whoever comes from here on finds what was recorded, and scans again where nothing was.
        if (key is { } ended)
        {
            lock (_gate)
            {
                _byKey.Remove(ended);
            }
        }

        flight.End(result);
        lock (_gate)
        {
            if (!isBackground && --_running == 0)
            {
                _idle.SetResult();
            }
        }
    }
}
