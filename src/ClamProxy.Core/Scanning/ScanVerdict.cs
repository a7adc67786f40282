using ClamProxy.Core.Archives;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>Turns a scanner's report into a verdict. Only "looked at all of it, found nothing" is clean.</summary>
internal static class ScanVerdict
{
    public static ScanResult Of(ScanReport report, string sha256, DateTimeOffset now) => report.Outcome switch
    {
        ScanOutcome.Clean => new ScanResult.Judged(Record(Verdict.Clean, UnscannableReason.None, report, sha256, now)),
        ScanOutcome.Found => new ScanResult.Judged(Record(Verdict.Infected, UnscannableReason.None, report, sha256, now)),
        ScanOutcome.TooLarge => new ScanResult.Judged(Record(Verdict.Unscannable, UnscannableReason.TooLarge, report, sha256, now)),
        ScanOutcome.Encrypted => new ScanResult.Judged(Record(Verdict.Unscannable, UnscannableReason.Encrypted, report, sha256, now)),
        ScanOutcome.EngineLimit => new ScanResult.Judged(Record(Verdict.Unscannable, UnscannableReason.EngineLimit, report, sha256, now)),
        ScanOutcome.Error => new ScanResult.Judged(Record(Verdict.Unscannable, UnscannableReason.ScanError, report, sha256, now)),
        ScanOutcome.Unavailable => new ScanResult.Failed(new Failure(FailureReason.ScannerUnavailable, report.Detail)),
        ScanOutcome.Busy => new ScanResult.Failed(new Failure(FailureReason.Overloaded, report.Detail)),
        ScanOutcome.None => throw new InvalidOperationException("a scan ended without an outcome"),
    };

    /// <summary>The same, where the content's own directory says what the scanner's OK covers. An OK that nobody looked behind is not
    /// clean.</summary>
    /// <param name="worst">The worst report of all that was scanned of it.</param>
    public static ScanResult Of(ScanReport worst, ArchiveFinding? finding, string sha256, DateTimeOffset now)
    {
        return (worst.Outcome, finding?.Trouble) switch
        {
            (ScanOutcome.Found or ScanOutcome.Unavailable or ScanOutcome.Busy, _) => Of(worst, sha256, now),
            (ScanOutcome.Clean, null) => throw new InvalidOperationException("a scanner said OK, and nobody asked what it covers"),
            (_, ArchiveTrouble.TooMuch or ArchiveTrouble.Contradictory) => Because(UnscannableReason.Archive),
            // The scanner and we have each a reason of another kind: a policy that passes the one says nothing of the other.
            (ScanOutcome.Encrypted, ArchiveTrouble.TooLarge) or (ScanOutcome.TooLarge, ArchiveTrouble.Encrypted) =>
                Because(UnscannableReason.Archive),
            (ScanOutcome.Clean, ArchiveTrouble.TooLarge) => Because(UnscannableReason.TooLarge),
            (ScanOutcome.Clean, ArchiveTrouble.Encrypted) => Because(UnscannableReason.Encrypted),
            (ScanOutcome.Clean, ArchiveTrouble.Ambiguous) => Because(UnscannableReason.AmbiguousArchive),
            _ => AlsoAmbiguous(Of(worst, sha256, now)),
        };

        ScanResult Because(UnscannableReason reason)
        {
            var record = Record(Verdict.Unscannable, reason, worst with { Detail = finding!.Detail ?? "" }, sha256, now);
            return new ScanResult.Judged(record with { IsAlsoAmbiguous = finding.IsAlsoAmbiguous });
        }

        // The scanner has a reason of its own: a policy that passes that one says nothing of the other.
        ScanResult AlsoAmbiguous(ScanResult result) =>
            result is ScanResult.Judged { Verdict: { Verdict: Verdict.Unscannable } unscannable }
                && finding is { IsAlsoAmbiguous: true } or { Trouble: ArchiveTrouble.Ambiguous }
                ? new ScanResult.Judged(unscannable with { IsAlsoAmbiguous = true })
                : result;
    }

    /// <summary>Of two reports on parts of one content, the one that its verdict goes by.</summary>
    public static ScanReport Worse(ScanReport one, ScanReport other) => Weight(other.Outcome) > Weight(one.Outcome) ? other : one;

    private static int Weight(ScanOutcome outcome) => outcome switch
    {
        ScanOutcome.Clean => 0,
        ScanOutcome.TooLarge or ScanOutcome.Encrypted or ScanOutcome.EngineLimit or ScanOutcome.Error => 1,
        ScanOutcome.Unavailable or ScanOutcome.Busy or ScanOutcome.None => 2,
        ScanOutcome.Found => 3,
    };

    /// <summary>The verdict of a content that no scanner was asked about.</summary>
    public static ContentRecord Unscannable(UnscannableReason reason, string detail, string sha256, DateTimeOffset now) =>
        new(sha256, Verdict.Unscannable, null, reason, detail, null, null, null, now);

    /// <summary>
    /// Whether asking again would give the same answer, so that it is worth keeping. MaxScanTime and LookTime depend on how busy the
    /// machine is.
    /// </summary>
    public static bool IsLasting(ContentRecord verdict) => verdict.Verdict switch
    {
        Verdict.Clean or Verdict.Infected => true,
        Verdict.Unscannable => verdict.Reason is UnscannableReason.Encrypted or UnscannableReason.AmbiguousArchive
            || (verdict.Reason == UnscannableReason.EngineLimit
                && verdict.Detail?.Contains("MaxScanTime", StringComparison.Ordinal) != true)
            || (verdict.Reason == UnscannableReason.Archive && verdict.Detail?.Contains("LookTime", StringComparison.Ordinal) != true),
        Verdict.None => false,
    };

    private static ContentRecord Record(Verdict verdict, UnscannableReason reason, ScanReport report, string sha256, DateTimeOffset now) =>
        new(
        sha256,
        verdict,
        verdict == Verdict.Infected ? report.Signature ?? "unnamed" : null,
        reason,
        verdict == Verdict.Unscannable ? report.Detail : null,
        report.Version?.Engine,
        report.Version?.Database is > 0 and var database ? database : null,
        report.Version?.DatabaseDate,
        now);
}
