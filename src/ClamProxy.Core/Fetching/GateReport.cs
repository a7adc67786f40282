using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Fetching;

/// <summary>The one funnel: what is worth a log line is worth a metric, and neither is written anywhere else.</summary>
internal sealed class GateReport(GateMetrics metrics, LateDetections late, ILogger<ContentGate> logger)
{
    /// <summary>More than upstreams have names; whoever names others makes them be said again.</summary>
    private const int MostPlaces = 1000;

    private readonly LruTable<(string Origin, KeepOutcome Outcome), bool> _notKept = new(MostPlaces);

    /// <summary>From here on the flights under way are counted.</summary>
    public void Observe(FlightTable flights) => metrics.ObserveFlights(() => flights.Count, () => flights.Waiters);

    /// <summary>A stored file was scanned again, or is known from elsewhere to be bad now.</summary>
    public void Rescanned(StoredFile file, ContentRecord verdict)
    {
        metrics.Rescanned(verdict.Verdict);
        late.Seen(verdict);
        if (verdict.Verdict != Verdict.Clean)
        {
            logger.TurnedBad(verdict.InWords(), verdict.Sha256, file.StoredAt);
        }
    }

    /// <summary>Another form of what turned out bad: who took that one took the same.</summary>
    public void AlsoBad(ContentRecord verdict) => late.Seen(verdict);

    public void Answered(GateRequest request, GateResult result)
    {
        metrics.Answered(Outcome(result), result.Trace);
        Delivered(request, result);
        if (result is GateResult.Failed { Failure: var failure })
        {
            var facts = failure.Reason.Facts();
            logger.Failed(
                facts.Level,
                request.Target.TextWithoutQuery,
                facts.Tag,
                failure.DetailAndCause,
                facts.Level >= LogLevel.Error ? failure.Cause : null);
            Trace(request.Target.TextWithoutQuery, failure);
        }
        else if (result is GateResult.Refused refused)
        {
            Refused(request, refused);
        }
    }

    /// <summary>A request for a head was answered by what is known.</summary>
    public void AnsweredHead(GateRequest request, GateResult result)
    {
        if (result is GateResult.Refused refused)
        {
            Refused(request, refused);
        }
    }

    /// <summary>Each refusal is one line; where the content was scanned for this request, the scan's own.</summary>
    private void Refused(GateRequest request, GateResult.Refused refused)
    {
        var (trace, verdict) = (refused.Trace, refused.Verdict);
        late.Seen(verdict);
        if (verdict.Reason == UnscannableReason.Blocked)
        {
            logger.Blocked(request.Target.TextWithoutQuery, verdict.Detail, verdict.Sha256);
        }
        else if (!trace.IsScanned)
        {
            logger.Refused(
                request.Target.TextWithoutQuery,
                verdict.InWords(),
                trace.IsShared ? "by the scan for another request" : verdict.Sha256.Length > 0 ? "by an earlier scan" : "without a scan",
                verdict.Sha256.Length > 0 ? verdict.Sha256 : "unknown");
        }
    }

    /// <summary>Where a failure comes from in the code: for who looks for a bug, too much for everybody else.</summary>
    private void Trace(string where, Failure failure)
    {
        if (failure.Cause is { } cause && failure.Reason.Facts().Level < LogLevel.Error)
        {
            logger.FailureTrace(where, cause);
        }
    }

    /// <summary>A client gets this answer. Every use of a policy or an exception is logged here, where somebody gets the file.</summary>
    public void Delivered(GateRequest request, GateResult answer)
    {
        if (answer is not GateResult.Whole { Release: { } release, Verdict: var verdict })
        {
            return;
        }

        metrics.Released(verdict.Verdict, release);
        if (release.Exception is { } exception)
        {
            logger.PassedByException(
                request.Target.TextWithoutQuery,
                verdict.InWords(),
                verdict.Sha256,
                exception.Owner,
                exception.Reason,
                exception.Expires);
        }
        else
        {
            logger.PassedByPolicy(request.Target.TextWithoutQuery, verdict.InWords(), verdict.Sha256);
        }
    }

    /// <summary>Upstream fails, and stored answers are served instead.</summary>
    public void OutageBegan(string where, Failure failure)
    {
        metrics.OutageBegan();
        logger.OutageBegan(where, failure.Reason.Facts().Tag, failure.DetailAndCause);
        Trace(where, failure);
    }

    public void OutageEnded(string where, TimeSpan after) => logger.OutageEnded(where, after.TotalSeconds);

    public void Ahead(string outcome) => metrics.Ahead(outcome);

    /// <summary>A request's file was fetched before its turn, or was to be.</summary>
    public void Prefetched(AheadOutcome outcome)
    {
        if (outcome != AheadOutcome.NotNeeded)
        {
            metrics.Prefetched(outcome);
        }
    }

    public void AheadFailed(Exception cause) => logger.AheadFailed(cause);

    public void RescansBrokenOff(Exception cause) => logger.RescansBrokenOff(cause);

    public void DownloadRestarted(GateRequest request, Failure failure)
    {
        metrics.Restarted(failure.Reason);
        logger.DownloadRestarted(request.Target.TextWithoutQuery, failure.DetailAndCause);
        Trace(request.Target.TextWithoutQuery, failure);
    }

    public void TrickleEnded(GateRequest request, TrickleEnd end)
    {
        metrics.TrickleEnded(end.Failure?.Reason);
        if (end.Failure is { } failure)
        {
            var facts = failure.Reason.Facts();
            logger.BrokenOff(facts.Level, request.Target.TextWithoutQuery, end.Sent, failure.Detail);
        }
    }

    public void ContentChanged(GateRequest request)
    {
        metrics.ContentChanged();
        logger.ContentChanged(request.Target.TextWithoutQuery);
    }

    /// <summary>
    /// An answer that could have been kept was not: that is said once of each upstream and cause, and then at Debug. What is so by the
    /// request is said at Debug only.
    /// </summary>
    public void Kept(GateRequest request, KeepOutcome outcome)
    {
        if (outcome.InWords() is not { } why)
        {
            return;
        }

        var place = (request.Target.Origin.ToString(), outcome);
        var isNew = outcome.IsWorthALine() && !_notKept.TryGet(place, out _);
        if (isNew)
        {
            _notKept.Set(place, true);
        }

        logger.NotKept(isNew ? LogLevel.Information : LogLevel.Debug, request.Target.TextWithoutQuery, why);
    }

    private static string Outcome(GateResult result) => result switch
    {
        GateResult.Whole { Release: not null } => "passed",
        GateResult.Whole => "clean",
        GateResult.Trickling => "trickling",
        GateResult.NotModified => "not-modified",
        GateResult.Refused { Verdict.Verdict: Verdict.Infected } => "infected",
        GateResult.Refused { Verdict.Reason: UnscannableReason.Blocked } => "blocked",
        GateResult.Refused => "unscannable",
        GateResult.Failed failed => failed.Failure.Reason.Facts().Tag,
        _ => throw new InvalidOperationException($"a result of a kind nobody knows: {result.GetType()}"),
    };
}
