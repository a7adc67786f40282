namespace ClamProxy.Core.Jobs;

/// <summary>Wakes those in this process who wait for a job's end. What other processes end, they have to look for.</summary>
internal sealed class JobSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Signal> _waiting = new(StringComparer.Ordinal);

    /// <summary>Ends when the job does, in this process. To be taken before the result is looked for, and disposed of.</summary>
    public IDisposable Listen(string id, out Task finished)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id, out var signal))
            {
                _waiting[id] = signal = new Signal(id, this);
            }

            signal.Listeners++;
            finished = signal.Finished.Task;
            return new Listener(signal);
        }
    }

    public void Finished(string id)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(id, out var signal))
            {
                signal.Finished.TrySetResult();
            }
        }
    }

    private void Leave(Signal signal)
    {
        lock (_gate)
        {
            if (--signal.Listeners == 0)
            {
                _waiting.Remove(signal.Id);
            }
        }
    }

    private sealed class Signal(string id, JobSignals all)
    {
        public string Id { get; } = id;

        public JobSignals All { get; } = all;

        public int Listeners { get; set; }

        public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Listener(Signal signal) : IDisposable
    {
        private Signal? _signal = signal;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _signal, null) is { } left)
            {
                left.All.Leave(left);
            }
        }
    }
}
