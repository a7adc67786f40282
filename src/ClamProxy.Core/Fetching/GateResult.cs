using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Files;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>What the gate answers a door with; exactly one of the kinds nested here. The door disposes of it.</summary>
/// <param name="Trace">How the answer came about.</param>
public abstract record GateResult(AnswerTrace Trace) : IAsyncDisposable
{
    public abstract ValueTask DisposeAsync();

    /// <summary>A file that is delivered, whole and at hand: any part of it may be read in any order.</summary>
    public sealed record Whole(AnswerTrace Trace, UpstreamHead Head, IContentReader Body, ContentRecord Verdict) : GateResult(Trace)
    {
        /// <summary>Where it was stored before this request came; null: it was not, upstream sent it now.</summary>
        public StoredPlace? Place { get; init; }

        /// <summary>Why it is delivered although it is not clean; null: it is clean.</summary>
        public Release? Release { get; init; }

        public override ValueTask DisposeAsync()
        {
            Body.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A file whose verdict is not there yet, for a client that must not be kept waiting in silence.</summary>
    public sealed record Trickling(AnswerTrace Trace, UpstreamHead Head, TrickledBody Body) : GateResult(Trace)
    {
        /// <summary>
        /// Upstream has weighed no conditions of the client's: it is a stored file that is scanned again, or one that will be stored.
        /// </summary>
        public bool AreConditionsOpen { get; init; }

        public override ValueTask DisposeAsync() => Body.DisposeAsync();
    }

    /// <summary>Upstream says that the client's copy is still the current one.</summary>
    public sealed record NotModified(AnswerTrace Trace, UpstreamHead Head) : GateResult(Trace)
    {
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A content that is not clean. Its hash is empty when it was never downloaded whole.</summary>
    public sealed record Refused(AnswerTrace Trace, ContentRecord Verdict) : GateResult(Trace)
    {
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>No answer could be had.</summary>
    public sealed record Failed(AnswerTrace Trace, Failure Failure) : GateResult(Trace)
    {
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
