namespace ClamProxy.Starting;

/// <summary>Whether the process has started: it listens, and every part of it runs.</summary>
internal sealed class StartState
{
    private volatile bool _hasStarted;

    public bool HasStarted => _hasStarted;

    public void Announce() => _hasStarted = true;
}
