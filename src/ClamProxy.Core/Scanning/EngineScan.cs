using ClamProxy.Core.Admission;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Scanning;

/// <summary>Has a body scanned, in every form that a client may take it in.</summary>
internal sealed class EngineScan(ClamdPool scanners, ArchiveInspector archives, SpoolFolder spools, TimeProvider clock)
{
    /// <summary>Scans a coded body twice: some clients decode it, others (pip, curl -O, wget) keep the bytes as they came.</summary>
    /// <param name="body">What is scanned.</param>
    /// <param name="codings">Its content codings.</param>
    /// <param name="clients">Who wants it.</param>
    /// <param name="cancelled">Ends the wait.</param>
    /// <returns>The verdict, or why there is none.</returns>
    public async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(
        SpoolFile body, IReadOnlyList<Coding> codings, WaitingClients clients, CancellationToken cancelled)
    {
        using var reader = body.OpenReader();
        var asSent = await RunAsync(reader, body.File, () => body.Sha256, clients, isBackground: false, cancelled).ConfigureAwait(false);
        if (codings.Count == 0 || asSent.Verdict is null or { Verdict: Verdict.Infected })
        {
            return asSent;
        }

        // Looked at in any case: a policy may let pass what could not be scanned as it came.
        var decoded = await RunDecodedAsync(reader, codings, body.Sha256, clients, cancelled).ConfigureAwait(false);
        return asSent.Verdict.Verdict == Verdict.Clean || decoded.Verdict is null or { Verdict: Verdict.Infected } ? decoded : asSent;
    }

    /// <summary>Scans a stored body again; those have no content coding.</summary>
    public Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(StoredFile file, WaitingClients? clients, bool isBackground, CancellationToken cancelled) =>
        RunAsync(file, file.File, () => Task.FromResult(file.Sha256), clients, isBackground, cancelled);

    /// <summary>Spools what a client decodes: an archive's directory is at its end.</summary>
    private async Task<(ContentRecord? Verdict, Failure? Failure)> RunDecodedAsync(
        IContentReader coded, IReadOnlyList<Coding> codings, Task<string> sha256, WaitingClients clients, CancellationToken cancelled)
    {
        using var spool = spools.Create(null, clients: clients);
        try
        {
            var stream = ContentCoding.Decode(new ContentStream(coded), codings, spools.MaxFileSize);
            await using (stream.ConfigureAwait(false))
            {
                if (await CopyAsync(stream, spool, cancelled).ConfigureAwait(false) is { } failure) return (null, failure);
            }
        }
        catch (ContentCodingException e)
        {
            return (ScanVerdict.Unscannable(UnscannableReason.Coding, e.Message, await sha256.ConfigureAwait(false), clock.GetUtcNow()), null);
        }
        catch (ContentTooLargeException e)
        {
            return (ScanVerdict.Unscannable(UnscannableReason.TooLarge, e.Message, await sha256.ConfigureAwait(false), clock.GetUtcNow()), null);
        }

        using var decoded = spool.Complete();
        using var reader = decoded.OpenReader();
        return await RunAsync(reader, decoded.File, () => sha256, clients, isBackground: false, cancelled).ConfigureAwait(false);
    }

    private static async Task<Failure?> CopyAsync(Stream from, SpoolWriter to, CancellationToken cancelled)
    {
        const int BufferBytes = 64 * 1024;
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await from.ReadAsync(buffer, cancelled).ConfigureAwait(false)) > 0)
        {
            if (await to.WriteAsync(buffer.AsMemory(0, read), cancelled).ConfigureAwait(false) is { } failure) return failure;
        }

        return null;
    }

    private async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(
        IContentReader content, SafeFileHandle? file, Func<Task<string>> hash, WaitingClients? clients, bool isBackground, CancellationToken cancelled)
    {
        using var span = ScanningTrace.Scan(content.Length, isBackground);
        ScanSource Source(long length, SafeFileHandle? handle, Func<Stream> open) => new(length, handle, open) { WantedBy = clients, IsBackground = isBackground };

        var scanning = scanners.ScanAsync(Source(content.Length, file, () => new ContentStream(content)), cancelled);

        // A scanner at work needs nothing of this thread.
        var sha256 = hash();
        var report = await scanning.ConfigureAwait(false);
        var worst = report;
        var finding = await LookAsync(content, report, ScanPartAsync, cancelled).ConfigureAwait(false);
        var (verdict, failure) = ScanVerdict.Of(worst, finding, await sha256.ConfigureAwait(false), clock.GetUtcNow());
        span.Ended(verdict, failure);
        return (verdict, failure);

        async Task<ArchiveLimits?> ScanPartAsync(long length, Func<Stream> open, CancellationToken cancellationToken)
        {
            if (worst.Outcome is ScanOutcome.Found or ScanOutcome.Unavailable or ScanOutcome.Busy) return null;
            var part = await scanners.ScanAsync(Source(length, null, open), cancellationToken).ConfigureAwait(false);
            worst = ScanVerdict.Worse(worst, part);
            return part.Outcome is ScanOutcome.Clean ? LimitsOf(part) : null;
        }
    }

    /// <summary>What was scanned is asked what that covers; what was found needs no more.</summary>
    private async Task<ArchiveFinding?> LookAsync(
        IContentReader content, ScanReport report, PartScan scan, CancellationToken cancelled)
    {
        if (report.Outcome is ScanOutcome.Found or ScanOutcome.Unavailable or ScanOutcome.Busy or ScanOutcome.None) return null;
        if (report.Limits is null && report.Outcome is not ScanOutcome.Clean) return null;
        var limits = LimitsOf(report);
        if (content.Length > limits.Total)
        {
            return new ArchiveFinding(ArchiveTrouble.TooLarge, $"It is larger than the scanner was tested for ({limits.Total} bytes): set \"AlertExceedsMax yes\" in clamd.conf.", []);
        }

        return await archives.LookAsync(content, limits, scan, cancelled).ConfigureAwait(false);
    }

    private static ArchiveLimits LimitsOf(ScanReport report)
    {
        var shown = report.Limits ?? throw new InvalidOperationException("a scanner was given work that never passed its test");
        return new ArchiveLimits(shown.TrustedSize, shown.IsSilent ? shown.TrustedSize : long.MaxValue);
    }
}
