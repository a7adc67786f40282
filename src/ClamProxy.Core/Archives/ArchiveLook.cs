using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Reads what archives say of themselves, so that a scanner's OK is believed only of what it looked at.</summary>
public sealed class ArchiveLook(ArchiveOptions options, ArchiveMetrics metrics, TimeProvider time) : IDisposable
{
    private const int InMemoryAtOnce = 2;

    private readonly SemaphoreSlim _room = new(InMemoryAtOnce);

    public void Dispose() => _room.Dispose();

    /// <summary>Looks into a whole body. One that is no archive has nothing wrong.</summary>
    /// <param name="scan">Scans an archive that the scanner may not have opened, in the content that holds it; what comes back is what the scanner that
    /// called it clean was shown to look at, null if none did.</param>
    internal async Task<ArchiveFinding> LookAsync(
        IContentReader content, ArchiveLimits limits, Func<IContentReader, HiddenArchive, CancellationToken, Task<ArchiveLimits?>> scan, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var finding = await LookInTimeAsync(content, limits, scan, cancellationToken);
        metrics.Looked(finding.Trouble, time.GetElapsedTime(started));
        return finding;
    }

    private async Task<ArchiveFinding> LookInTimeAsync(
        IContentReader content, ArchiveLimits limits, Func<IContentReader, HiddenArchive, CancellationToken, Task<ArchiveLimits?>> scan, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.LookTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var hidden = new List<HiddenArchive>();
        try
        {
            using var room = new LookRoom(_room, deadline, options.LookTime, either.Token);
            await new ZipLook(options, limits, room, ScanAsync).RunAsync(content, either.Token);
            return new ArchiveFinding(ArchiveTrouble.None, null, hidden);
        }
        catch (ArchiveTroubleException wrong)
        {
            return new ArchiveFinding(wrong.Trouble, wrong.Message, hidden);
        }
        catch (InvalidDataException)
        {
            return new ArchiveFinding(ArchiveTrouble.Contradictory, "It is a broken zip: a member does not unpack.", hidden);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var limit = $"It cannot be scanned whole: its directory could not be read within {options.LookTime.TotalSeconds:0.#} s (ClamProxy:Archives:LookTime).";
            return new ArchiveFinding(ArchiveTrouble.TooMuch, limit, hidden);
        }

        // The scanner has deadlines of its own.
        async Task<ArchiveLimits?> ScanAsync(IContentReader holder, HiddenArchive archive)
        {
            hidden.Add(archive);
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            var shown = await scan(holder, archive, cancellationToken);
            deadline.CancelAfter(options.LookTime);
            return shown;
        }
    }
}
