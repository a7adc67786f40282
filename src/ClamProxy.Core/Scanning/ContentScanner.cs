using System.Diagnostics;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// The one place where a content becomes a decision, whatever door it came by.
/// <code>
///   content ──coded──► <see cref="CodedScan"/>: as it came, and decoded, each by the way below
///                 │
///                 ▼
///               the same content is being scanned? ──yes──► its verdict
///                 │no
///                 ▼
///               <see cref="ContentScan"/>: known by its hash? lease, scanners, record
///                 ▼
///               blocked by the operator ────────► Refused
///               clean ──────────────────────────► Clean
///               not clean ──policy, exception───► Released, else Refused
///               no verdict ─────────────────────► Failed
/// </code>
/// Nothing is known here of how the content came or how it is delivered.
/// </summary>
public sealed class ContentScanner
{
    private readonly ContentScan _scan;
    private readonly CodedScan _coded;
    private readonly ScanFlights _flights;
    private readonly ReleaseRules _rules;
    private readonly Blocks _blocks;
    private readonly ScanningReport _report;
    private readonly TimeProvider _clock;
    private readonly WorkList _underWay;

    internal ContentScanner(
        ContentScan scan,
        CodedScan coded,
        ScanFlights flights,
        ReleaseRules rules,
        Blocks blocks,
        ScanningReport report,
        TimeProvider clock) =>
        (_scan, _coded, _flights, _rules, _blocks, _report, _clock, _underWay) =
            (scan, coded, flights, rules, blocks, report, clock, new(clock));

    /// <summary>The scans under way, those that wait for a scanner included, the oldest first.</summary>
    public IReadOnlyList<WorkUnderWay> UnderWay => _underWay.All;

    /// <summary>Decides on a content. It stays the caller's, who may let go of it when this has returned or thrown.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled: this wait is over. The scan goes on, for others and for its
    /// verdict.</exception>
    public async Task<ScanDecision> ScanAsync(ScanSubject subject, ISharedContent content, CancellationToken cancelled)
    {
        var started = _clock.GetTimestamp();
        var (result, origin) = await JudgeAsync(
            subject, content, verdict => _rules.Find(subject.Source, subject.Policy, verdict) is not null, cancelled).ConfigureAwait(false);
        return result switch
        {
            ScanResult.Judged judged => Decide(subject, judged) with
            {
                Decoded = judged.Decoded,
                Deciding = judged.Deciding,
                Origin = origin,
                Duration = judged.IsKnown ? TimeSpan.Zero : _clock.GetElapsedTime(started),
            },
            _ => new ScanDecision.Failed(((ScanResult.Failed)result).Failure) { Duration = _clock.GetElapsedTime(started) },
        };
    }

    /// <summary>Has a content scanned, and decides nothing: whoever asked has rules of their own.</summary>
    /// <inheritdoc cref="ScanAsync"/>
    internal Task<(ScanResult Result, VerdictOrigin Origin)> JudgeAsync(
        ScanSubject subject, ISharedContent content, CancellationToken cancelled) =>
        JudgeAsync(subject, content, _ => false, cancelled);

    private async Task<(ScanResult Result, VerdictOrigin Origin)> JudgeAsync(
        ScanSubject subject, ISharedContent content, Func<ContentRecord, bool> mayPass, CancellationToken cancelled)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(content);
        if (subject.Codings.AreNone)
        {
            return await JudgeOneAsync(subject, content, cancelled).ConfigureAwait(false);
        }

        var judged = await _coded.RunAsync(
            subject, content, (plain, form) => JudgeOneAsync(plain, form, cancelled), mayPass, cancelled).ConfigureAwait(false);
        if (judged.Result is ScanResult.Judged { Verdict: var verdict })
        {
            _report.Judged(verdict);
        }

        return judged;
    }

    private async Task<(ScanResult Result, VerdictOrigin Origin)> JudgeOneAsync(
        ScanSubject subject, ISharedContent content, CancellationToken cancelled)
    {
        cancelled.ThrowIfCancellationRequested();
        using var span = ScanningTrace.Scan(content.Length, subject.IsBackground);
        var requestId = RequestId.Current;
        var key = await KeyAsync(subject, content).ConfigureAwait(false);
        using var wait = _flights.JoinOrStart(
            key,
            subject.Clients,
            subject.IsBackground,
            (clients, stopping) =>
            {
                // The scan lives on its own; its log lines belong to the trace and the request of whoever started it.
                (Activity.Current, RequestId.Current) = (span, requestId);
                return RunAsync(subject, content, clients, stopping);
            },
            out var isShared);
        var result = await wait.Completion.WaitAsync(cancelled).ConfigureAwait(false);
        if (result is ScanResult.Failed failed)
        {
            span.Ended(failed.Failure);
            return (result, VerdictOrigin.None);
        }

        var judged = (ScanResult.Judged)result;
        _report.Judged(judged.Verdict);
        _report.Shared(isShared && !judged.IsKnown, "request");
        var origin = judged.IsKnown ? VerdictOrigin.Known : isShared ? VerdictOrigin.Shared : VerdictOrigin.Scanned;
        span.Ended(judged.Verdict.Verdict, origin);
        return (result, origin);
    }

    private async Task<ScanResult> RunAsync(
        ScanSubject subject, ISharedContent content, WaitingClients clients, CancellationToken stopping)
    {
        using var entry = _underWay.Begin(new(subject.Name, TimeSpan.Zero)
        {
            Door = subject.Door,
            Client = clients.First,
            Total = content.Length,
            RequestId = RequestId.Current,
        });
        return await _scan.RunAsync(subject, content, clients, stopping).ConfigureAwait(false);
    }

    /// <summary>Ends when no scan is under way but those that nobody waits for. For a process that stops.</summary>
    public Task WhenIdle() => _flights.WhenIdle();

    /// <summary>Cancels the scans that are under way; whoever waits is told that the process stops.</summary>
    public void CancelScans() => _flights.Cancel();

    /// <summary>
    /// Whether a content may be spooled although it is larger than a scanner may be asked about: then it may pass unscanned.
    /// </summary>
    public bool TakesAnySize(ScanSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return _rules.TakesAnySize(subject.Source, subject.Policy);
    }

    /// <summary>
    /// Decides on a content that was not taken: what is too large for the spool is unscannable, anything else is a failure.
    /// </summary>
    public ScanDecision DecideNotTaken(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Reason == FailureReason.TooLarge
            ? new ScanDecision.Refused(ScanVerdict.Unscannable(UnscannableReason.TooLarge, failure.Detail, "", _clock.GetUtcNow()))
            : new ScanDecision.Failed(failure);
    }

    /// <summary>
    /// A scan is shared by those whom a recorded verdict of the same bytes could answer. Null: with nobody, and nobody waits for the
    /// hash.
    /// </summary>
    private static async ValueTask<ScanKey?> KeyAsync(ScanSubject subject, ISharedContent content) =>
        subject is { MayReuse: true, IsBackground: false }
            ? new ScanKey(await content.Sha256.ConfigureAwait(false), subject.MayRecord)
            : null;

    private ScanDecision.Judged Decide(ScanSubject subject, ScanResult.Judged judged)
    {
        var verdict = judged.Verdict;
        return !subject.IsBackground && BlockOf(subject, judged) is { } blocked ? new ScanDecision.Refused(blocked)
            : verdict.Verdict == Verdict.Clean ? new ScanDecision.Clean(verdict)
            : _rules.Find(subject.Source, subject.Policy, verdict) is { } release ? new ScanDecision.Released(verdict, release)
            : new ScanDecision.Refused(verdict);
    }

    private ContentRecord? BlockOf(ScanSubject subject, ScanResult.Judged judged) => judged.Forms.Prepend(judged.Verdict)
        .Select(form => _blocks.RefusalOf(subject.Name, form.Sha256)).FirstOrDefault(refusal => refusal is not null);
}
