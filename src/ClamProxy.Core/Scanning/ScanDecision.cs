using ClamProxy.Core.Failures;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// What is to become of a content: <see cref="Clean"/>, <see cref="Released"/>, <see cref="Refused"/> or <see cref="Failed"/>, and
/// nothing else. Only the first two may be delivered.
/// </summary>
public abstract record ScanDecision
{
    private ScanDecision()
    {
    }

    /// <summary>How its verdict was come by; None where there is none.</summary>
    public VerdictOrigin Origin { get; init; }

    /// <summary>Time from asking to the verdict; zero where it was known.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>There is a verdict.</summary>
    public abstract record Judged(ContentRecord Verdict) : ScanDecision
    {
        /// <summary>What the body decodes to; null: it has no codings, or not everybody decodes it to the same.</summary>
        public DecodedContent? Decoded { get; init; }

        /// <summary>
        /// The verdict of the decoded form that decides, by its own hash; null: it is that of the bytes as they came.
        /// </summary>
        public ContentRecord? Deciding { get; init; }
    }

    /// <summary>Scanned as a whole, and nothing was found.</summary>
    public sealed record Clean(ContentRecord Verdict) : Judged(Verdict);

    /// <summary>Not clean, and delivered all the same: a policy or an exception says so.</summary>
    public sealed record Released(ContentRecord Verdict, Release Release) : Judged(Verdict);

    /// <summary>Not clean, and not delivered. The hash is empty where the content was never here as a whole.</summary>
    public sealed record Refused(ContentRecord Verdict) : Judged(Verdict);

    /// <summary>No verdict could be had: not delivered.</summary>
    public sealed record Failed(Failure Failure) : ScanDecision;
}
