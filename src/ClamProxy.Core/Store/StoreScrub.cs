using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>
/// Reads every stored content in the background, slowly, and removes damaged ones. Of all processes that share the folder, one does so at a
/// time.
/// </summary>
internal sealed class StoreScrub(
    StoreOptions options, StoreDisk disk, StoreReader reader, ContentChecks checks, StoreCleanup tidy, ILogger logger, TimeProvider clock)
{
    /// <summary>Reads all of them once.</summary>
    /// <exception cref="IOException">The folder is gone or the disk broken.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.ScrubRate == 0)
        {
            return;
        }

        using var turn = disk.TryLock(disk.Folders.ScrubLock);
        var (files, damaged) = (0, 0);
        foreach (var (sha256, _) in turn is null ? [] : tidy.ByUse())
        {
            files++;
            damaged += await IsDamagedAsync(sha256, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        if (files > 0)
        {
            logger.Scrubbed(files, damaged);
        }
    }

    private async Task<bool> IsDamagedAsync(string sha256, CancellationToken cancellationToken)
    {
        if (reader.StampOf(sha256) is not { } stamp)
        {
            return false;
        }

        var state = await checks.ReadAsync(sha256, stamp, Pace, cancellationToken).ConfigureAwait(false);
        if (state != ContentState.Damaged)
        {
            return false;
        }

        reader.RemoveContent(sha256, stamp);
        return true;

        Task Pace(int bytes) => Task.Delay(TimeSpan.FromSeconds((double)bytes / options.ScrubRate), clock, cancellationToken);
    }
}
