using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Jobs;

/// <summary>What became of a content that was handed in: one of the three nested here.</summary>
public abstract record JobAcceptance
{
    private JobAcceptance()
    {
    }

    /// <summary>It has a result from now on, whatever happens to this process.</summary>
    public sealed record Accepted(Job Job) : JobAcceptance;

    /// <summary>It cannot be: what was asked for is wrong.</summary>
    /// <param name="Problem">One sentence: what is wrong, and what a right one looks like.</param>
    public sealed record Wrong(string Problem) : JobAcceptance;

    /// <summary>It has none. Nothing of it is left, or what is will be swept.</summary>
    public sealed record NotAccepted(Failure Failure) : JobAcceptance;
}
