using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>Says once that a kind of work on the disk fails, and once that it works again, instead of once for each request.</summary>
internal sealed class StoreHealth(StoreWork work, ILogger logger)
{
    private int _isBroken;

    /// <summary>What a disk may throw at any call.</summary>
    public static bool IsOfDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>Runs what may wait for the disk on another thread.</summary>
    /// <returns>False where the disk failed.</returns>
    public async Task<bool> RunAsync(Func<bool> action)
    {
        try
        {
            var result = await Task.Run(action).ConfigureAwait(false);
            Worked();
            return result;
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Failed(e);
            return false;
        }
    }

    public void Failed(Exception cause)
    {
        if (Interlocked.Exchange(ref _isBroken, 1) == 0)
        {
            logger.Broken(work, cause);
        }
        else
        {
            logger.StillBroken(work, cause);
        }
    }

    public void Worked()
    {
        if (Volatile.Read(ref _isBroken) == 1 && Interlocked.Exchange(ref _isBroken, 0) == 1)
        {
            logger.WorksAgain(work);
        }
    }
}
