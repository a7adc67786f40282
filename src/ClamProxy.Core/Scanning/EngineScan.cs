using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>Has a content scanned, in every form that a client may take it in.</summary>
internal sealed class EngineScan(IScanners scanners, ContentIntake intake, DecodedSpool decoding, TimeProvider clock)
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

        var asSent = await scanners.ScanAsync(subject, new ScanForm(content, hash, hash), clients, cancelled).ConfigureAwait(false);
        if (subject.Codings.AreNone || asSent is ScanResult.Failed or ScanResult.Judged { Verdict.Verdict: Verdict.Infected })
        {
            return asSent;
        }

        // Looked at in any case: a policy may let pass what could not be scanned as it came.
        var decoded = await RunDecodedAsync(
            subject, (layers, isGuess) => decoding.FillAsync(content, layers, isGuess, clients, cancelled), hash, clients, cancelled)
            .ConfigureAwait(false);
        return asSent is ScanResult.Judged { Verdict.Verdict: Verdict.Clean }
            || decoded is ScanResult.Failed or ScanResult.Judged { Verdict.Verdict: Verdict.Infected }
            ? decoded
            : asSent;
    }

    /// <summary>Scans what a body decodes to, and then what else some clients decode it to, until something is not clean.</summary>
    private async Task<ScanResult> RunDecodedAsync(
        ScanSubject subject,
        Func<IReadOnlyList<Coding>, bool, Task<DecodeResult>> decode,
        Func<Task<string>> hash,
        WaitingClients clients,
        CancellationToken cancelled)
    {
        var result = await ScanAsync(await decode(subject.Codings.Layers, false).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var guess in subject.Codings.Guesses)
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
                        var form = new ScanForm(reader, () => file.Sha256, hash);
                        return await scanners.ScanAsync(subject, form, clients, cancelled).ConfigureAwait(false);
                    }

                case DecodeResult.Undecodable undecodable:
                    return await UnscannableAsync(undecodable.Reason, undecodable.Detail, hash).ConfigureAwait(false);
                default:
                    return new ScanResult.Failed(((DecodeResult.NotTaken)decoded).Failure);
            }
        }
    }

    private async Task<ScanResult> UnscannableAsync(UnscannableReason reason, string detail, Func<Task<string>> hash) =>
        new ScanResult.Judged(ScanVerdict.Unscannable(reason, detail, await hash().ConfigureAwait(false), clock.GetUtcNow()));
}
