using ClamProxy.Core.Admission;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Scanning;

/// <summary>The clamds of this process. After their OK the content itself is asked what that covers.</summary>
internal sealed class ClamdScanners(ClamdPool scanners, ArchiveInspector archives, ContentIntake intake, TimeProvider clock) : IScanners
{
    public int? NewestDatabase => scanners.NewestDatabase;

    public bool CanScan => scanners.Scanners.Any(scanner => scanner.IsTrusted);

    public IReadOnlyDictionary<string, int> Reloads => scanners.Reloads;

    public async Task<ScanResult> ScanAsync(ScanSubject subject, ScanForm form, WaitingClients clients, CancellationToken cancelled)
    {
        var content = form.Content;
        ScanSource Source(long length, SafeFileHandle? file, Func<Stream> open) =>
            new(length, file, open) { WantedBy = subject.IsBackground ? null : clients, IsBackground = subject.IsBackground };

        // Signatures that are loaded meanwhile may say otherwise: the verdict is of the moment at which its scan began.
        var began = clock.GetUtcNow();
        var scanning = scanners.ScanAsync(Source(content.Length, content.File, () => new ContentStream(content)), cancelled);

        // A scanner at work needs nothing of this thread.
        var sha256 = form.Sha256();
        var report = await scanning.ConfigureAwait(false);
        var worst = report;
        var finding = await LookAsync(content, report, ScanPartAsync, cancelled).ConfigureAwait(false);
        return ScanVerdict.Of(worst, finding, await sha256.ConfigureAwait(false), began);

        async Task<ArchiveLimits?> ScanPartAsync(long length, Func<Stream> open, CancellationToken cancellationToken)
        {
            if (worst.Outcome is ScanOutcome.Found or ScanOutcome.Unavailable or ScanOutcome.Busy)
            {
                return null;
            }

            var part = await scanners.ScanAsync(Source(length, null, open), cancellationToken).ConfigureAwait(false);
            worst = ScanVerdict.Worse(worst, part);
            return part.Outcome is ScanOutcome.Clean ? LimitsOf(part) : null;
        }
    }

    /// <summary>What was scanned is asked what that covers; what was found needs no more.</summary>
    private async Task<ArchiveFinding?> LookAsync(IContentReader content, ScanReport report, PartScan scan, CancellationToken cancelled)
    {
        if (report.Outcome is ScanOutcome.Found or ScanOutcome.Unavailable or ScanOutcome.Busy or ScanOutcome.None
            || (report.Limits is null && report.Outcome is not ScanOutcome.Clean))
        {
            return null;
        }

        var limits = LimitsOf(report);
        if (content.Length > limits.Total)
        {
            return new ArchiveFinding(
                ArchiveTrouble.TooLarge,
                $"It is larger than the scanner was tested for ({limits.Total} bytes): set \"AlertExceedsMax yes\" in clamd.conf.",
                []);
        }

        return await archives.LookAsync(content, limits, scan, cancelled).ConfigureAwait(false);
    }

    private ArchiveLimits LimitsOf(ScanReport report)
    {
        var shown = report.Limits ?? throw new InvalidOperationException("a scanner was given work that never passed its test");
        return new ArchiveLimits(shown.TrustedSize, shown.IsSilent ? shown.TrustedSize : long.MaxValue)
        {
            Unpacked = Math.Max(shown.TrustedSize, intake.MaxFileSize),
        };
    }
}
