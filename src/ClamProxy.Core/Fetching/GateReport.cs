using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Fetching;

/// <summary>The one funnel: what is worth a log line is worth a metric, and neither is written anywhere else.</summary>
internal sealed class GateReport(GateMetrics metrics, ILogger<ContentGate> logger)
{
    /// <summary>From here on the flights under way are counted.</summary>
    public void Observe(FlightTable flights) => metrics.ObserveFlights(() => flights.Count, () => flights.Waiters);

    /// <summary>A stored file was scanned again, or is known from elsewhere to be bad now.</summary>
    public void Rescanned(StoredFile file, ContentRecord verdict)
    {
        metrics.Rescanned(verdict.Verdict);
        if (verdict.Verdict != Verdict.Clean)
        {
            logger.TurnedBad(verdict.Verdict, verdict.Signature, verdict.Reason, verdict.Sha256, file.StoredAt);
        }
    }

    public void Answered(GateRequest request, GateResult result)
    {
        metrics.Answered(Outcome(result), result.Trace);
        Delivered(request, result);
        if (result is GateResult.Failed { Failure: var failure })
        {
            var facts = failure.Reason.Facts();
            logger.Failed(facts.Level, request.Target.TextWithoutQuery, facts.Tag, failure.Detail, failure.Cause);
        }
        else if (result is GateResult.Refused { Verdict: { Reason: UnscannableReason.Blocked } block })
        {
            logger.Blocked(request.Target.TextWithoutQuery, block.Detail, block.Sha256);
        }
        else if (result is GateResult.Refused { Trace.Cache: CacheOutcome.ByUrl, Verdict: var verdict })
        {
            logger.RefusedFromMemory(request.Target.TextWithoutQuery, verdict.Verdict, verdict.Signature, verdict.Sha256);
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
                verdict.Verdict,
                verdict.Signature,
                verdict.Reason,
                verdict.Sha256,
                exception.Owner,
                exception.Reason,
                exception.Expires);
        }
        else
        {
            logger.PassedByPolicy(request.Target.TextWithoutQuery, verdict.Reason, verdict.Sha256);
        }
    }

    /// <summary>Upstream fails, and stored answers are served instead.</summary>
    public void OutageBegan(string where, Failure failure)
    {
        metrics.OutageBegan();
        logger.OutageBegan(where, failure.Reason.Facts().Tag, failure.Detail, failure.Cause);
    }

    public void OutageEnded(string where, TimeSpan after) => logger.OutageEnded(where, after.TotalSeconds);

    public void Ahead(string outcome) => metrics.Ahead(outcome);

    public void AheadFailed(Exception cause) => logger.AheadFailed(cause);

    public void RescansBrokenOff(Exception cause) => logger.RescansBrokenOff(cause);

    public void DownloadRestarted(GateRequest request, Failure failure)
    {
        metrics.Restarted(failure.Reason);
        logger.DownloadRestarted(request.Target.TextWithoutQuery, failure.Detail, failure.Cause);
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

    /// <summary>A body that ends with its connection may have been cut off: nothing is kept of it by its URL.</summary>
    public void NotKept(GateRequest request) => logger.NotKept(request.Target.TextWithoutQuery);

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
