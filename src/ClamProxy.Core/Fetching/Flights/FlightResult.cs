using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>How a flight ended.</summary>
internal sealed record FlightResult : IDisposable
{
    public UpstreamHead? Head { get; private init; }

    public ISharedContent? Body { get; private init; }

    /// <summary>Where the body was stored before; null: it was downloaded.</summary>
    public StoredPlace? Place { get; private init; }

    public ContentRecord? Verdict { get; private init; }

    public Failure? Failure { get; private init; }

    /// <inheritdoc cref="Elsewhere"/>
    public bool IsElsewhere { get; private init; }

    /// <summary>Why the body is delivered although it is not clean; null: it is clean, or is not delivered.</summary>
    public Release? Release { get; private init; }

    /// <summary>Upstream says that what it was asked about is still its answer.</summary>
    public bool IsNotModified => this is { Head.Status: 304, Verdict: null, Failure: null };

    /// <summary>The content is known, and is not delivered.</summary>
    public bool IsRefusal => Verdict is { Verdict: not Verdicts.Verdict.Clean } && Release is null;

    public CacheOutcome Cache { get; init; }

    public TimeSpan Fetch { get; init; }

    public TimeSpan Scan { get; init; }

    /// <summary>Another process has done the work: what it found is to be looked up.</summary>
    public static readonly FlightResult Elsewhere = new() { IsElsewhere = true };

    public static FlightResult Clean(UpstreamHead head, SpoolFile body, ContentRecord verdict) =>
        new() { Head = head, Body = body, Verdict = verdict };

    public static FlightResult StillClean(UpstreamHead head, StoredFile body, ContentRecord verdict, StoredPlace place) =>
        new() { Head = head, Body = body, Verdict = verdict, Place = place, Cache = CacheOutcome.Stored };

    public static FlightResult Released(UpstreamHead head, ISharedContent body, ContentRecord verdict, Release release) =>
        new() { Head = head, Body = body, Verdict = verdict, Release = release };

    public static FlightResult Refused(UpstreamHead head, ContentRecord verdict) => new() { Head = head, Verdict = verdict };

    public static FlightResult NotModified(UpstreamHead head) => new() { Head = head };

    public static FlightResult Failed(Failure failure) => new() { Failure = failure };

    /// <summary>This landing as one waiter's answer; every waiter gets a reader of its own, which counts as the client's until it is done.</summary>
    public GateResult AnswerTo(AnswerTrace trace, string? client = null) => (Failure, Verdict, Body) switch
    {
        ({ } failure, _, _) => new GateResult.Failed(trace, failure),
        (null, null, _) => new GateResult.NotModified(trace, Head!),
        (null, { Verdict: Verdicts.Verdict.Clean } verdict, { } body) => new GateResult.Whole(trace, Head!, body.OpenReader(client), verdict) { Place = Place },
        (null, { } verdict, { } body) when Release is not null => new GateResult.Whole(trace, Head!, body.OpenReader(client), verdict) { Release = Release },
        (null, { } verdict, _) => new GateResult.Refused(trace, verdict),
    };

    public void Dispose() => Body?.Dispose();
}
