namespace ClamProxy.Core.Archives.Inspection;

/// <summary>One look's place among the few that may unpack at a time. Waiting for it is no part of the look's own time.</summary>
internal sealed class InspectionRoom(
    SemaphoreSlim room, CancellationTokenSource deadline, TimeSpan lookTime, CancellationToken cancellationToken) : IDisposable
{
    private bool _isInside;

    /// <exception cref="OperationCanceledException">There was no room for as long as a look may take, or the caller left.</exception>
    public async Task EnterAsync()
    {
        if (_isInside)
        {
            return;
        }

        deadline.CancelAfter(lookTime);
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isInside = true;
        deadline.CancelAfter(lookTime);
    }

    public void Dispose()
    {
        if (_isInside)
        {
            room.Release();
        }

        _isInside = false;
    }
}
