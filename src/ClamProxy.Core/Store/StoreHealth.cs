using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>Says once that a kind of work on the disk fails, and once that it works again, instead of once for each request.</summary>
internal sealed class StoreHealth(StoreWork work, ILogger logger)
{
    private int _isBroken;
    private string? _problem;

    /// <summary>What the disk said when it last failed; null: it works.</summary>
    public string? Problem => Volatile.Read(ref _isBroken) == 1 ? Volatile.Read(ref _problem) : null;

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
        Volatile.Write(ref _problem, cause.Message);
        if (Interlocked.Exchange(ref _isBroken, 1) == 0)
        {
            logger.Broken(work, cause.Message);
        }

        logger.BrokenTrace(work, cause);
    }

    public void Worked()
    {
        if (Volatile.Read(ref _isBroken) == 1 && Interlocked.Exchange(ref _isBroken, 0) == 1)
        {
            logger.WorksAgain(work);
        }
    }
}
