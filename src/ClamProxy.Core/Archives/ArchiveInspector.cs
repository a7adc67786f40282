using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Reads what archives say of themselves, so that a scanner's OK is believed only of what it looked at.</summary>
public sealed class ArchiveInspector(ArchiveOptions options, ArchiveMetrics metrics, TimeProvider time) : IDisposable
{
    private const int InMemoryAtOnce = 2;

    private readonly SemaphoreSlim _room = new(InMemoryAtOnce);

    public void Dispose() => _room.Dispose();

    /// <summary>Looks into a whole body. One that is no archive has nothing wrong.</summary>
    /// <param name="scan">Scans what the scanner may not have opened or may have passed over.</param>
    internal async Task<ArchiveFinding> LookAsync(
        IContentReader content, ArchiveLimits limits, PartScan scan, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var finding = await LookInTimeAsync(content, limits, scan, cancellationToken).ConfigureAwait(false);
        metrics.Looked(finding.Trouble, time.GetElapsedTime(started));
        return finding;
    }

    private async Task<ArchiveFinding> LookInTimeAsync(
        IContentReader content, ArchiveLimits limits, PartScan scan, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.LookTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var embedded = new List<EmbeddedArchive>();
        var prefixed = 0;
        try
        {
            using var room = new InspectionRoom(_room, deadline, options.LookTime, either.Token);
            var tally = new InspectionTally();
            var inflater = new MemberInflater(options, room, tally);
            await new ContentInspection(
                options, limits, inflater, tally, ScanHiddenAsync, ScanPrefixedAsync).RunAsync(content, either.Token).ConfigureAwait(false);
            return Whole(tally);
        }
        catch (ArchiveTroubleException wrong)
        {
            return Finding(wrong.Trouble, wrong.Message);
        }
        catch (InvalidDataException)
        {
            var wrong = ArchiveTroubleException.NotUnpacked();
            return Finding(wrong.Trouble, wrong.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var limit = $"It cannot be scanned completely: its directory could not be read within {options.LookTime.TotalSeconds:0.#} s "
                + "(ClamProxy:Archives:LookTime).";
            return Finding(ArchiveTrouble.TooMuch, limit);
        }

        ArchiveFinding Finding(ArchiveTrouble trouble, string? detail) => new(trouble, detail, embedded) { Prefixed = prefixed };

        ArchiveFinding Whole(InspectionTally looked)
        {
            var (notSeen, ambiguous) = (looked.NotSeen, looked.Ambiguous);
            return notSeen is null && ambiguous is not null
                ? Finding(ArchiveTrouble.Ambiguous, ambiguous.Message)
                : Finding(notSeen?.Trouble ?? ArchiveTrouble.None, notSeen?.Message) with { IsAlsoAmbiguous = ambiguous is not null };
        }

        Task<ArchiveLimits?> ScanHiddenAsync(IContentReader holder, EmbeddedArchive archive)
        {
            embedded.Add(archive);
            return ScanAsync(archive.Length, () => new ContentStream(new EmbeddedArchiveContent(holder, archive)));
        }

        Task<ArchiveLimits?> ScanPrefixedAsync(PrefixedContent form)
        {
            prefixed++;
            return ScanAsync(form.Length, form.Open);
        }

        // The scanner has deadlines of its own.
        async Task<ArchiveLimits?> ScanAsync(long length, Func<Stream> open)
        {
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            var shown = await scan(length, open, cancellationToken).ConfigureAwait(false);
            deadline.CancelAfter(options.LookTime);
            return shown;
        }
    }
}
