namespace ClamProxy.Core.Gate;

/// <summary>
/// One download with its scan, shared by every request that waits for it. It has a lifetime of its own: a waiter that leaves ends only
/// its own wait. The last one to leave cancels the flight while it downloads; a scan that has begun runs to its end in clamd whoever
/// leaves, so from then on the flight goes on, for the verdict and for whoever asks again. Whoever comes last lets go of the body.
/// </summary>
internal sealed class Flight : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource<UpstreamHead?> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Landing> _landing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiters = 1;
    private bool _staysOnCourse;

    /// <summary>Upstream's head as soon as it is there; null when the flight ended without one.</summary>
    public Task<UpstreamHead?> Head => _head.Task;

    /// <summary>The end of the flight. It never faults.</summary>
    public Task<Landing> Landing => _landing.Task;

    public int Waiters => Volatile.Read(ref _waiters);

    public CancellationToken Cancelled => _cancel.Token;

    public void HeadIsKnown(UpstreamHead head) => _head.TrySetResult(head);

    public void Land(Landing landing)
    {
        lock (_gate)
        {
            _landing.SetResult(landing);
            if (_waiters == 0)
            {
                landing.Dispose();
            }
        }

        _head.TrySetResult(landing.Head);
        Dispose();
    }

    public void Dispose() => _cancel.Dispose();

    /// <summary>From here on the flight ends by itself, even when everybody leaves; one that everybody has left already is being cancelled.</summary>
    public void StayOnCourse()
    {
        lock (_gate)
        {
            _staysOnCourse = _waiters > 0;
        }
    }

    /// <summary>Adds a waiter; false when everybody had left already, so that the flight is no longer worth joining.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_waiters == 0 && (!_staysOnCourse || _landing.Task.IsCompleted))
            {
                return false;
            }

            _waiters++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_waiters > 0)
            {
                return;
            }

            if (_landing.Task.IsCompletedSuccessfully)
            {
                _landing.Task.GetAwaiter().GetResult().Dispose();
                return;
            }

            if (_staysOnCourse)
            {
                return;
            }
        }

        Cancel();
    }

    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has landed in the meantime: there is nothing left to cancel.
        }
    }
}
