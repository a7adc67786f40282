namespace ClamProxy.Core.Spool;

/// <summary>A number of bytes that all spools of one kind share.</summary>
internal sealed class SpoolBudget(long limit)
{
    private long _inUse;

    public long InUse => Interlocked.Read(ref _inUse);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _inUse, bytes) <= limit)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _inUse, -bytes);
}
