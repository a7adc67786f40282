using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>What became of a request to upstream: one of the two nested here.</summary>
public abstract record UpstreamAnswer
{
    private UpstreamAnswer()
    {
    }

    /// <summary>Upstream answered.</summary>
    /// <param name="Response">Whoever holds it disposes of it.</param>
    public sealed record Answered(UpstreamResponse Response) : UpstreamAnswer;

    /// <summary>There is no answer.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(Failure Failure) : UpstreamAnswer;
}
