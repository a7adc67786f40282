using ClamProxy.Core.Compression;
using ClamProxy.Core.Files;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// Decides on a coded body by what clients make of it: some decode it, others (pip, curl -O, wget) keep the bytes as they came. Each of
/// these is a content of its own, with a verdict by its own hash; the body is clean where all of them are (decision 0083). What is not
/// clean ends it, unless it may pass: then what another form says still counts.
/// </summary>
internal sealed class CodedScan(DecodedSpool decoding, ScanningReport report, TimeProvider clock)
{
    /// <param name="subject">The body.</param>
    /// <param name="content">Its bytes as they came.</param>
    /// <param name="judge">Has one content scanned that has no codings.</param>
    /// <param name="mayPass">Whether a rule lets pass what has such a verdict.</param>
    /// <param name="cancelled">Ends the wait.</param>
    /// <returns>The verdict, by the hash of the bytes as they came.</returns>
    public async Task<(ScanResult Result, VerdictOrigin Origin)> RunAsync(
        ScanSubject subject,
        ISharedContent content,
        Func<ScanSubject, ISharedContent, Task<(ScanResult Result, VerdictOrigin Origin)>> judge,
        Func<ContentRecord, bool> mayPass,
        CancellationToken cancelled)
    {
        if (subject.Codings.Problem is { } problem)
        {
            return (await UnscannableAsync(UnscannableReason.Coding, problem).ConfigureAwait(false), VerdictOrigin.Scanned);
        }

        var plain = subject with { Codings = ContentCodings.None };
        var (asSent, origin) = await judge(plain, content).ConfigureAwait(false);
        if (asSent is not ScanResult.Judged { Verdict: var verdict } || (verdict.Verdict != Verdict.Clean && !mayPass(verdict)))
        {
            return (asSent, origin);
        }

        var sha256 = await content.Sha256.ConfigureAwait(false);
        DecodedContent? decoded = null;
        ContentRecord? deciding = null;
        List<ContentRecord> forms = [];
        foreach (var (layers, isGuess) in FormsOf(subject.Codings))
        {
            var (result, how, length) = await DecodeAndJudgeAsync(layers, isGuess).ConfigureAwait(false);
            if (result is null)
            {
                // Most bodies are nothing of that kind, so that no client gets anything.
                continue;
            }

            if (result is not ScanResult.Judged { Verdict: var found })
            {
                return (result, VerdictOrigin.None);
            }

            origin = Costlier(origin, how);
            decoded ??= length is { } bytes ? new DecodedContent(found, bytes) : null;
            forms.Add(found);
            if (found.Verdict == Verdict.Clean)
            {
                continue;
            }

            var named = found with { Sha256 = sha256 };
            var passes = mayPass(named);
            if (!passes || verdict.Verdict == Verdict.Clean)
            {
                (verdict, deciding) = (named, found);
            }

            if (!passes)
            {
                break;
            }
        }

        var judged = new ScanResult.Judged(verdict)
        {
            IsKnown = origin == VerdictOrigin.Known,
            Forms = forms,
            Deciding = deciding,
            Decoded = subject.Codings.Guesses.Count == 0 ? decoded : null,
        };
        return (judged, origin);

        async Task<(ScanResult? Result, VerdictOrigin Origin, long? Length)> DecodeAndJudgeAsync(IReadOnlyList<Coding> layers, bool isGuess)
        {
            using var coded = content.OpenReader();
            switch (await decoding.FillAsync(coded, layers, isGuess, subject.Clients, cancelled).ConfigureAwait(false))
            {
                case DecodeResult.Decoded { Content.File: { Length: 0 } nothing } when isGuess:
                    nothing.Dispose();
                    return default;
                case DecodeResult.Decoded { Content.File: var file }:
                    using (file)
                    {
                        var (result, how) = await judge(plain, file).ConfigureAwait(false);
                        return (result, how, file.Length);
                    }

                case DecodeResult.Undecodable undecodable:
                    var unscannable = await UnscannableAsync(undecodable.Reason, undecodable.Detail).ConfigureAwait(false);
                    return (unscannable, VerdictOrigin.Scanned, null);
                case var notTaken:
                    return (new ScanResult.Failed(((DecodeResult.NotTaken)notTaken).Failure), VerdictOrigin.None, null);
            }
        }

        async Task<ScanResult> UnscannableAsync(UnscannableReason reason, string detail)
        {
            var unscannable = ScanVerdict.Unscannable(reason, detail, await content.Sha256.ConfigureAwait(false), clock.GetUtcNow());
            report.Scanned(subject, content.Length, unscannable, TimeSpan.Zero);
            return new ScanResult.Judged(unscannable);
        }
    }

    private static IEnumerable<(IReadOnlyList<Coding> Layers, bool IsGuess)> FormsOf(ContentCodings codings) =>
        [(codings.Layers, false), .. codings.Guesses.Select(guess => (guess, true))];

    /// <summary>Of two ways to a verdict the one that took more: the body's is as new as all of it.</summary>
    private static VerdictOrigin Costlier(VerdictOrigin one, VerdictOrigin other) =>
        one == other || other == VerdictOrigin.Known ? one : one == VerdictOrigin.Known ? other : VerdictOrigin.Scanned;
}
