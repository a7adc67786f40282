using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>What came of a scan, for whoever wanted it: one of the two nested here.</summary>
internal abstract record ScanResult
{
    private ScanResult()
    {
    }

    public sealed record Judged(ContentRecord Verdict) : ScanResult
    {
        /// <summary>No scanner of this process was asked.</summary>
        public bool IsKnown { get; init; }

        /// <summary>What the body decodes to; null: it has no codings, or not everybody decodes it to the same.</summary>
        public DecodedContent? Decoded { get; init; }

        /// <summary>The verdicts of what clients decode a coded body to, each by its own hash, as far as it was looked at.</summary>
        public IReadOnlyList<ContentRecord> Forms { get; init; } = [];

        /// <summary>
        /// The verdict of the decoded form that decides, by its own hash; null: it is that of the bytes as they came.
        /// </summary>
        public ContentRecord? Deciding { get; init; }
    }

    public sealed record Failed(Failure Failure) : ScanResult;
}
