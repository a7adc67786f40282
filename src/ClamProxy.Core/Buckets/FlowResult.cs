using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Buckets;

/// <summary>What became of one object; exactly one of the kinds nested here.</summary>
public abstract record FlowResult
{
    private FlowResult()
    {
    }

    /// <summary>It was scanned, and is where it belongs.</summary>
    /// <param name="Decision">What was decided.</param>
    /// <param name="Size">Its bytes.</param>
    public sealed record Done(ScanDecision.Judged Decision, long Size) : FlowResult
    {
        /// <summary>Where the copy of a content that passes is, such as <c>s3://clean/key</c>; null: there is none.</summary>
        public string? PassedTo { get; init; }
    }

    /// <summary>There is nothing to do: it is not there any more, or not this flow's.</summary>
    /// <param name="Why">For the log.</param>
    public sealed record Unneeded(string Why) : FlowResult;

    /// <summary>It could not be done this time: object and message stay where they are.</summary>
    public sealed record Later(Failure Failure) : FlowResult;
}
