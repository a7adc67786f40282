using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Messages;

/// <summary>
/// What every door does for proxies that lend HTTP messages (ICAP, ext_proc):
/// <code>
///   1 head ──blocked, its URL known to be infected, 206────► Refused, the body is not needed
///     ▼
///   2 body into the spool ──broken, shorter, no room───────► Failed;  ──too large──► Refused
///     ▼
///   3 the whole body scanned ──not clean───────────────────► Refused, Released or Failed
///     ▼
///   4 multipart: each part scanned too ──one not clean─────► the same
///     ▼
///   5 what the URL led to is recorded ─────────────────────► Clean
/// </code>
/// Only <see cref="ScanDecision.Clean"/> and <see cref="ScanDecision.Released"/> may be passed on, and then exactly the bytes of the file.
/// Each end but Clean is logged here, with the message's client and user.
/// </summary>
public sealed class MessageScanner
{
    private readonly ContentScanner _scanner;
    private readonly ContentIntake _intake;
    private readonly PartScan _parts;
    private readonly IScanners _scanners;
    private readonly VerdictCutoffs _cutoffs;
    private readonly MessageUrls _urls;
    private readonly MessageOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<MessageScanner> _logger;

    internal MessageScanner(
        ContentScanner scanner,
        ContentIntake intake,
        PartScan parts,
        IScanners scanners,
        VerdictCutoffs cutoffs,
        MessageUrls urls,
        MessageOptions options,
        TimeProvider clock,
        ILogger<MessageScanner> logger) =>
        (_scanner, _intake, _parts, _scanners, _cutoffs, _urls, _options, _clock, _logger) =
            (scanner, intake, parts, scanners, cutoffs, urls, options, clock, logger);

    /// <summary>Another text when verdicts that were given until now count no more: signatures are newer, or an operator said so.</summary>
    public string Signatures => $"{_scanners.NewestDatabase} {_cutoffs.Rescan.UtcTicks} {_cutoffs.Forget.UtcTicks}";

    /// <summary>Step 1: whether the head alone says that the message is refused; null: its body has to be scanned, if it has one.</summary>
    public async ValueTask<ScanDecision.Refused?> FindRefusalAsync(LentMessage message, CancellationToken cancelled) =>
        (await FindAsync(message, cancelled).ConfigureAwait(false)).Refusal;

    /// <summary>The same, and whether what the URL led to before was scanned with signatures that are no longer the newest ones.</summary>
    public async ValueTask<(ScanDecision.Refused? Refusal, bool IsOutdated)> FindAsync(LentMessage message, CancellationToken cancelled)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (known, isOutdated) = await _urls.FindAsync(message, cancelled).ConfigureAwait(false);
        if ((known ?? PartOf(message)) is not { } verdict)
        {
            return (null, isOutdated);
        }

        var refused = new ScanDecision.Refused(verdict) { Origin = VerdictOrigin.Known };
        Report(message, refused);
        return (refused, isOutdated);
    }

    /// <summary>Step 2: takes the body, which has to be as long as the head says.</summary>
    /// <param name="message">Its head.</param>
    /// <param name="body">Its bytes, without any framing.</param>
    /// <param name="progress">Shows what of it is here; null: nobody looks.</param>
    /// <param name="clientGone">Ends it.</param>
    /// <returns>The file, the caller's to dispose of; or a failure for <see cref="DecideNotTaken"/>.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IntakeResult> TakeAsync(
        LentMessage message, Stream body, IntakeProgress? progress, CancellationToken clientGone)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!message.TryReadLength(out var length))
        {
            return new IntakeResult.NotTaken(new Failure(
                FailureReason.BodyBroken, "The message has several Content-Length fields, or one that is no number."));
        }

        var clients = WaitingClients.Of(NetworkOf(message));
        // One says nothing (see TryReadLength): it is not held against a longer body, but against none at all.
        var terms = new IntakeTerms(length == 1 ? null : length, clients, _scanner.TakesAnySize(SubjectOf(message)), progress);
        var taken = await _intake.TakeAsync(body, terms, clientGone).ConfigureAwait(false);
        if (length == 1 && taken is IntakeResult.Taken { File: { Length: 0 } file })
        {
            file.Dispose();
            return new IntakeResult.NotTaken(new Failure(FailureReason.BodyBroken, "The body ended before its announced length."));
        }

        return taken;
    }

    /// <summary>What becomes of a message whose body was not taken.</summary>
    public ScanDecision DecideNotTaken(LentMessage message, Failure failure)
    {
        ArgumentNullException.ThrowIfNull(message);
        var decision = _scanner.DecideNotTaken(failure);
        Report(message, decision);
        return decision;
    }

    /// <summary>Steps 3 to 5. The file stays the caller's.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled: this wait is over.</exception>
    public async Task<ScanDecision> ScanAsync(LentMessage message, SpoolFile body, CancellationToken cancelled)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(body);
        var subject = SubjectOf(message);

        // Step 3: the whole body. An empty one is content too: its hash may be blocked.
        var whole = await _scanner.ScanAsync(subject, body, cancelled).ConfigureAwait(false);
        var decision = whole;

        // Step 4: its parts
        if (Passes(whole) && message.Codings.AreNone)
        {
            foreach (var boundary in message.Boundaries)
            {
                decision = await ScanPartsAsync(subject, body, boundary, cancelled).ConfigureAwait(false) is { } part
                    && (!Passes(part) || decision is ScanDecision.Clean)
                    ? part
                    : decision;
                if (!Passes(decision))
                {
                    break;
                }
            }
        }

        // Step 5: what the URL led to
        if (ReferenceEquals(decision, whole)
            && whole is ScanDecision.Judged { Verdict: { Reason: not UnscannableReason.Blocked } verdict })
        {
            await _urls.RecordAsync(message, body.Length, verdict, cancelled).ConfigureAwait(false);
        }

        Report(message, decision);
        return decision;
    }

    private ContentRecord? PartOf(LentMessage message) => message.IsPart && !_options.PassParts
        ? ScanVerdict.Unscannable(
            UnscannableReason.Partial,
            "It is a part of a file (206), and would be put together from parts that were never scanned together "
                + "(ClamProxy:Messages:PassParts).",
            "",
            _clock.GetUtcNow())
        : null;

    private static bool Passes(ScanDecision decision) => decision is ScanDecision.Clean or ScanDecision.Released;

    private static string? NetworkOf(LentMessage message) => message.Client is { } client ? ClientNetwork.Of(client) : null;

    private static ScanSubject SubjectOf(LentMessage message) => new(message.Name)
    {
        Clients = WaitingClients.Of(NetworkOf(message)),
        Codings = message.Codings,
        Source = MessageUrls.SourceOf(message),
        MayReuse = !message.IsPart,
        MayRecord = !message.IsPart,
        Door = message.Door,
    };

    /// <returns>The first part that may not pass, else one that is released; null: all are clean.</returns>
    private async Task<ScanDecision?> ScanPartsAsync(ScanSubject whole, SpoolFile body, string boundary, CancellationToken cancelled)
    {
        using var reader = body.OpenReader();
        ScanDecision? released = null;
        var count = 0;
        await foreach (var (start, length) in MultipartParts.FindAsync(reader, boundary, cancelled).ConfigureAwait(false))
        {
            if (++count > _options.MaxParts)
            {
                return new ScanDecision.Refused(ScanVerdict.Unscannable(
                    UnscannableReason.EngineLimit,
                    $"The body has more than {_options.MaxParts} parts (ClamProxy:Messages:MaxParts).",
                    "",
                    _clock.GetUtcNow()));
            }

            var subject = whole with { Name = $"{whole.Name} (part {count})", Codings = ContentCodings.None };
            var part = await _parts.RunAsync(subject, new ContentSlice(reader, start, length), length, cancelled).ConfigureAwait(false);
            if (!Passes(part))
            {
                return part;
            }

            released ??= part as ScanDecision.Released;
        }

        return released;
    }

    private void Report(LentMessage message, ScanDecision decision)
    {
        switch (decision)
        {
            case ScanDecision.Refused { Verdict: var verdict }:
                _logger.Refused(
                    message.Name,
                    message.Client,
                    message.User,
                    verdict.InWords(),
                    verdict.Sha256.Length == 0 || decision.Origin == VerdictOrigin.None ? "without a scan"
                        : decision.Origin == VerdictOrigin.Known ? "by an earlier scan" : "by its scan",
                    verdict.Sha256.Length > 0 ? verdict.Sha256 : "unknown");
                break;
            case ScanDecision.Released { Verdict: var verdict, Release: var release }:
                _logger.Passed(
                    message.Name,
                    message.Client,
                    message.User,
                    verdict.InWords(),
                    verdict.Sha256,
                    release.Exception is { } exception ? $"by an exception of {exception.Owner}" : "by policy");
                break;
            case ScanDecision.Failed { Failure: var failure }:
                var facts = failure.Reason.Facts();
                _logger.Failed(
                    facts.Level,
                    message.Name,
                    message.Client,
                    message.User,
                    facts.Tag,
                    failure.DetailAndCause,
                    facts.Level >= LogLevel.Error ? failure.Cause : null);
                break;
            default:
                break;
        }
    }
}
