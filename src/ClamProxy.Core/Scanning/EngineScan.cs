using ClamProxy.Core.Admission;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Verdicts;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Scanning;

/// <summary>Has a content scanned, in every form that a client may take it in.</summary>
internal sealed class EngineScan(
    ClamdPool scanners, ArchiveInspector archives, ContentIntake intake, DecodedSpool decoding, TimeProvider clock)
{
    /// <summary>Scans a coded body twice: some clients decode it, others (pip, curl -O, wget) keep the bytes as they came.</summary>
    /// <param name="subject">What is scanned.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="hash">Their SHA-256, asked for when a scanner is at work.</param>
    /// <param name="clients">Who wants it.</param>
    /// <param name="cancelled">Ends the wait.</param>
    public async Task<ScanResult> RunAsync(
        ScanSubject subject, IContentReader content, Func<Task<string>> hash, WaitingClients clients, CancellationToken cancelled)
    {
        if (subject.Codings.Problem is { } problem)
        {
            return await UnscannableAsync(UnscannableReason.Coding, problem, hash).ConfigureAwait(false);
        }

        if (intake.Refuse(content.Length) is { } tooLarge)
        {
            return await UnscannableAsync(UnscannableReason.TooLarge, tooLarge.Detail, hash).ConfigureAwait(false);
        }

        ScanSource Source(long length, SafeFileHandle? file, Func<Stream> open) =>
            new(length, file, open) { WantedBy = subject.IsBackground ? null : clients, IsBackground = subject.IsBackground };
        var asSent = await RunAsync(content, Source, hash, cancelled).ConfigureAwait(false);
        if (subject.Codings.AreNone || asSent is ScanResult.Failed or ScanResult.Judged { Verdict.Verdict: Verdict.Infected })
        {
            return asSent;
        }

        // Looked at in any case: a policy may let pass what could not be scanned as it came.
        var decoded = await RunDecodedAsync(
            subject.Codings, (layers, isGuess) => decoding.FillAsync(content, layers, isGuess, clients, cancelled), Source, hash, cancelled)
            .ConfigureAwait(false);
        return asSent is ScanResult.Judged { Verdict.Verdict: Verdict.Clean }
            || decoded is ScanResult.Failed or ScanResult.Judged { Verdict.Verdict: Verdict.Infected }
            ? decoded
            : asSent;
    }

    private delegate ScanSource SourceOf(long length, SafeFileHandle? file, Func<Stream> open);

    /// <summary>Scans what a body decodes to, and then what else some clients decode it to, until something is not clean.</summary>
    private async Task<ScanResult> RunDecodedAsync(
        ContentCodings codings,
        Func<IReadOnlyList<Coding>, bool, Task<DecodeResult>> decode,
        SourceOf source,
        Func<Task<string>> hash,
        CancellationToken cancelled)
    {
        var result = await ScanAsync(await decode(codings.Layers, false).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var guess in codings.Guesses)
        {
            if (result is not ScanResult.Judged { Verdict.Verdict: Verdict.Clean })
            {
                break;
            }

            // Most bodies are nothing of that kind, so that no client gets anything.
            var decoded = await decode(guess, true).ConfigureAwait(false);
            using var file = (decoded as DecodeResult.Decoded)?.Content.File;
            result = file is { Length: 0 } ? result : await ScanAsync(decoded).ConfigureAwait(false);
        }

        return result;

        async Task<ScanResult> ScanAsync(DecodeResult decoded)
        {
            switch (decoded)
            {
                case DecodeResult.Decoded { Content.File: var file }:
                    using (file)
                    {
                        using var reader = file.OpenReader();
                        return await RunAsync(reader, source, hash, cancelled).ConfigureAwait(false);
                    }

                case DecodeResult.Undecodable undecodable:
                    return await UnscannableAsync(undecodable.Reason, undecodable.Detail, hash).ConfigureAwait(false);
                default:
                    return new ScanResult.Failed(((DecodeResult.NotTaken)decoded).Failure);
            }
        }
    }

    private async Task<ScanResult> RunAsync(IContentReader content, SourceOf source, Func<Task<string>> hash, CancellationToken cancelled)
    {
        // Signatures that are loaded meanwhile may say otherwise: the verdict is of the moment at which its scan began.
        var began = clock.GetUtcNow();
        var scanning = scanners.ScanAsync(source(content.Length, content.File, () => new ContentStream(content)), cancelled);

        // A scanner at work needs nothing of this thread.
        var sha256 = hash();
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

            var part = await scanners.ScanAsync(source(length, null, open), cancellationToken).ConfigureAwait(false);
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

    private async Task<ScanResult> UnscannableAsync(UnscannableReason reason, string detail, Func<Task<string>> hash) =>
        new ScanResult.Judged(ScanVerdict.Unscannable(reason, detail, await hash().ConfigureAwait(false), clock.GetUtcNow()));
}
