namespace ClamProxy.Stopping;

/// <summary>Whether the process is stopping.</summary>
internal sealed class StopState
{
    private volatile bool _isStopping;

    public bool IsStopping => _isStopping;

    public void Announce() => _isStopping = true;
}
