using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What is known of an URL before upstream is asked; one of these at most.</summary>
/// <param name="Trace">How it came to be known.</param>
/// <param name="Refused">A verdict that demands a refusal.</param>
/// <param name="File">The stored file, with a verdict that still counts.</param>
/// <param name="IsStale">A stored file has to be scanned again.</param>
/// <param name="Clean">What the URL led to when that content was found clean; it is not stored, so upstream has to show that it still
/// is.</param>
internal readonly record struct UrlLookupResult(
    AnswerTrace Trace, ContentRecord? Refused, GateResult.Whole? File, bool IsStale, UrlRecord? Clean)
{
    /// <summary>The fields that the URL's answers are known to vary by.</summary>
    public IReadOnlyList<string> Varies { get; init; } = [];
}
