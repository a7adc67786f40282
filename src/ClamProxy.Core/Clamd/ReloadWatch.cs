namespace ClamProxy.Core.Clamd;

/// <summary>Counts how often one scanner was seen to have loaded signatures, as far as STATS shows it.</summary>
internal sealed class ReloadWatch
{
    private EngineMemory? _settled;
    private bool _isLoading;
    private int _reloads;

    /// <summary>Whether it is worth asking for STATS: it is an answer that may be turned off.</summary>
    public bool IsTold { get; private set; } = true;

    public int Reloads => Volatile.Read(ref _reloads);

    /// <summary>It answered STATS.</summary>
    public void Saw(string stats)
    {
        if (EngineMemory.Parse(stats) is not { } now)
        {
            IsTold = false;
            return;
        }

        if (now.Pools > 1)
        {
            _isLoading = true;
            return;
        }

        if (_isLoading || (_settled is not null && _settled != now))
        {
            Interlocked.Increment(ref _reloads);
        }

        (_settled, _isLoading) = (now, false);
    }

    /// <summary>It went down: what comes back may be another process, which is compared with what was there before.</summary>
    public void Left() => (IsTold, _isLoading) = (true, false);
}
