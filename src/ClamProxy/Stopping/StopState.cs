namespace ClamProxy.Stopping;

/// <summary>Whether the process has been asked to end.</summary>
internal sealed class StopState
{
    private volatile bool _isStopping;

    public bool IsStopping => _isStopping;

    public void Announce() => _isStopping = true;
}
