using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>How a flight ended: one of the kinds nested here.</summary>
internal abstract record FlightResult : IDisposable
{
    private FlightResult()
    {
    }

    public CacheOutcome Cache { get; init; }

    public TimeSpan Fetch { get; init; }

    public TimeSpan Scan { get; init; }

    /// <inheritdoc cref="AnswerTrace.TimeToLive"/>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether it was scanned for the flight, and not known or scanned for somebody else.</summary>
    public bool IsScanned { get; init; }

    /// <summary>Whether it was kept for others, or why not.</summary>
    public KeepOutcome Keep
    {
        get => field is KeepOutcome.NotMeant && Head is { IsFramed: false } ? KeepOutcome.EndByClose : field;
        init;
    }

    /// <summary>Upstream's head; null: there is none to speak of.</summary>
    public UpstreamHead? Head { get; private init; }

    /// <summary>
    /// This result as one waiter's answer; every waiter gets a reader of its own, which counts as the client's until it is done.
    /// </summary>
    public abstract GateResult AnswerTo(AnswerTrace trace, string? client = null);

    public void Dispose() => (this as Delivered)?.Body.Dispose();

    /// <summary>The body is delivered.</summary>
    public sealed record Delivered : FlightResult
    {
        public Delivered(UpstreamHead head, ISharedContent body, ContentRecord verdict) => (Head, Body, Verdict) = (head, body, verdict);

        public ISharedContent Body { get; }

        public ContentRecord Verdict { get; }

        /// <summary>Where the body was stored before; null: it was downloaded.</summary>
        public StoredPlace? Place { get; init; }

        /// <summary>Why it is delivered although it is not clean; null: it is clean.</summary>
        public Release? Release { get; init; }

        public override GateResult AnswerTo(AnswerTrace trace, string? client) =>
            new GateResult.Whole(trace, Head!, Body.OpenReader(client), Verdict)
            {
                Place = Release is null ? Place : null,
                Release = Release,
            };
    }

    /// <summary>The content is known, and is not delivered.</summary>
    public sealed record Refused : FlightResult
    {
        public Refused(UpstreamHead head, ContentRecord verdict) => (Head, Verdict) = (head, verdict);

        /// <inheritdoc cref="Scanning.ScanDecision.Judged.Deciding"/>
        public ContentRecord? Deciding { get; init; }

        public ContentRecord Verdict { get; }

        public override GateResult AnswerTo(AnswerTrace trace, string? client) => new GateResult.Refused(trace, Verdict);
    }

    /// <summary>Upstream says that what it was asked about is still its answer.</summary>
    public sealed record NotModified : FlightResult
    {
        public NotModified(UpstreamHead head) => Head = head;

        public override GateResult AnswerTo(AnswerTrace trace, string? client) => new GateResult.NotModified(trace, Head!);
    }

    /// <summary>There is no answer.</summary>
    public sealed record Failed(Failure Failure) : FlightResult
    {
        public override GateResult AnswerTo(AnswerTrace trace, string? client) => new GateResult.Failed(trace, Failure);
    }

    /// <summary>Another process, or an earlier flight, has done the work: what it found is to be looked up.</summary>
    public sealed record Elsewhere : FlightResult
    {
        public override GateResult AnswerTo(AnswerTrace trace, string? client) =>
            throw new InvalidOperationException("a flight that ended elsewhere has no answer of its own");
    }
}
